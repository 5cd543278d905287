#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# The bash completion, asked as readline asks it. The shells that are there check the syntax of
# the others.  usage: completion.sh FOLDER
set -u
folder=$1
n=0
failed=0

check() {
	n=$((n + 1))
	if [[ $1 == 0 ]]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# compopt works only while completing.
compopt() { :; }
. "$folder/oriel.bash"

# Completes line at its end: what is offered is to have, or not to have, a word.
offers() {
	COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
	_oriel
	printf '%s\n' "${COMPREPLY[@]}" | grep -q -x -e "$2"
	check $? "'$1' offers $2"
}

offers_not() {
	COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
	_oriel
	! printf '%s\n' "${COMPREPLY[@]}" | grep -q -x -e "$2"
	check $? "'$1' does not offer $2"
}

COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
offers 'oriel ' run
offers 'oriel at' attach
offers_not 'oriel at' run
offers 'oriel --v' --version
offers 'oriel run --' --env
offers 'oriel attach --' --wait
offers_not 'oriel attach --' --env
offers 'oriel ps --j' --json
offers_not 'oriel run --' --json
offers 'oriel ps --on ' local
offers 'oriel ps --on s' ssh:
offers 'oriel run --on e' exec:
offers 'oriel run --present ' surface
offers 'oriel attach --clipboard ' to-host
offers 'oriel help ' doctor
offers 'oriel up --' --share-size
offers 'oriel up --gpu ' venus
offers 'oriel down --' --force
offers_not 'oriel down --' --image
HOME=/nonexistent offers 'oriel up q' qemu:
offers 'oriel run ba' bash
offers 'oriel run --wait -- ba' bash
offers 'oriel run --on local ba' bash
offers 'oriel run ls /et' /etc
offers_not 'oriel run ls --' --wait
offers 'oriel ps --on unix:/et' /etc
offers 'oriel ps --token-file /et' /etc

bash -n "$folder/oriel.bash"
check $? 'bash takes oriel.bash'
if command -v zsh >/dev/null; then
	zsh -n "$folder/_oriel"
	check $? 'zsh takes _oriel'
fi
if command -v fish >/dev/null; then
	fish -n "$folder/oriel.fish"
	check $? 'fish takes oriel.fish'
fi
echo "1..$n"
exit $failed
