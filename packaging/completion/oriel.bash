# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Completion of oriel for bash. Kept to what bash has by itself: the bash-completion package is used
# only where it is there.

# The virtual machines there are.
_oriel_machines() {
	local folder
	for folder in "${XDG_STATE_HOME:-$HOME/.local/state}"/oriel/vm/*/; do
		folder=${folder%/}
		[[ ${folder##*/} == '*' ]] || echo "qemu:${folder##*/}"
	done
	echo qemu:
}

# The kinds of target; of unix: the paths, of ssh: the hosts of bash-completion.
_oriel_targets() {
	local cur=$1
	case $cur in
	unix:*)
		compopt -o filenames -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -P unix: -- "${cur#unix:}")
		;;
	ssh:*)
		if declare -F _known_hosts_real >/dev/null; then
			_known_hosts_real -- "${cur#ssh:}"
			COMPREPLY=("${COMPREPLY[@]/#/ssh:}")
		fi
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "local unix: tcp: exec: ssh: vsock: vsock-unix: $(_oriel_machines)" -- "$cur")
		[[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
		;;
	esac
}

# What is behind the last colon is all that readline replaces.
_oriel_strip_colon() {
	local cur=$1
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
	fi
}

_oriel_value() {
	local option=$1 cur=$2
	case $option in
	--on)
		_oriel_targets "$cur"
		_oriel_strip_colon "$cur"
		;;
	--token-file)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	--present) mapfile -t COMPREPLY < <(compgen -W 'auto surface renderer' -- "$cur") ;;
	--keys) mapfile -t COMPREPLY < <(compgen -W 'pc mac swap' -- "$cur") ;;
	--clipboard) mapfile -t COMPREPLY < <(compgen -W 'both to-guest to-host off' -- "$cur") ;;
	--refresh) mapfile -t COMPREPLY < <(compgen -W '0 30 60 120' -- "$cur") ;;
	--scale) mapfile -t COMPREPLY < <(compgen -W '1 1.25 1.5 2 3' -- "$cur") ;;
	--image)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	--gpu) mapfile -t COMPREPLY < <(compgen -W 'none virgl venus' -- "$cur") ;;
	--share) mapfile -t COMPREPLY < <(compgen -W 'auto ring ram stream' -- "$cur") ;;
	--accel) mapfile -t COMPREPLY < <(compgen -W 'auto hvf kvm tcg' -- "$cur") ;;
	--memory) mapfile -t COMPREPLY < <(compgen -W '1G 2G 4G 8G' -- "$cur") ;;
	--share-size) mapfile -t COMPREPLY < <(compgen -W '64M 256M 1G' -- "$cur") ;;
	--cpus | --timeout) COMPREPLY=() ;;
	--env | --layout | --variant | --options | --model) COMPREPLY=() ;;
	*) return 1 ;;
	esac
}

# Words as the user sees them: readline also breaks at colons and equal signs.
_oriel_words() {
	local line=${COMP_LINE:0:COMP_POINT}
	read -r -a words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	return 0
}

_oriel() {
	local words=() command='' i cur previous options
	COMPREPLY=()
	_oriel_words
	cur=${words[-1]} previous=${words[-2]:-}
	command=${words[1]:-}
	if ((${#words[@]} <= 2)); then
		mapfile -t COMPREPLY < <(compgen -W \
			'run desktop attach ps stats up down status doctor help --help --version' -- "$cur")
		return
	fi
	case $command in
	run | desktop) options='--on --token-file --wait --env --scale --refresh --present --clipboard --keys --grab-keys --allow-grab --layout --variant --options --model --help' ;;
	attach) options='--on --token-file --wait --scale --refresh --present --clipboard --keys --grab-keys --allow-grab --layout --variant --options --model --help' ;;
	up) options='--image --memory --cpus --gpu --share --share-size --accel --fresh --timeout --help' ;;
	down) options='--force --timeout --help' ;;
	status) options='--json --help' ;;
	ps | stats | doctor) options='--on --token-file --json --help' ;;
	help)
		mapfile -t COMPREPLY < <(compgen -W 'run desktop attach ps stats up down status doctor help --help' -- "$cur")
		return
		;;
	*) return ;;
	esac
	# Behind the program's name the words are the program's.
	for ((i = 2; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		--)
			((i++))
			break
			;;
		--on | --token-file | --env | --scale | --refresh | --present | --clipboard | --keys | --layout | --variant | --options | --model) ((i++)) ;;
		-*) ;;
		*) break ;;
		esac
	done
	if [[ $command == run || $command == desktop ]] && ((i < ${#words[@]} - 1)); then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif _oriel_value "$previous" "$cur"; then
		return
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	elif [[ $command == @(up|down|status) ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_oriel_machines)" -- "$cur")
		_oriel_strip_colon "$cur"
	elif [[ $command == run ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
	fi
}

complete -F _oriel oriel
