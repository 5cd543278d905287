#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Man page and completions mention every command and every option that the help prints.
# usage: documented.sh PROGRAM MAN-PAGE [COMPLETION...]; the source tree is in SOURCE
set -u
program=$1
shift
name=$(basename "$program")
n=0
failed=0

check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

commands=$("$program" --help | sed -n '/^TARGET/q; s/^  \([a-z][a-z]*\)  .*/\1/p')
[ "$name" = oriel ] || commands=
helps=$(
	"$program" --help
	for command in $commands; do "$program" "$command" --help; done
)
options=$(printf '%s\n' "$helps" | sed -n 's/^  \(-[a-z-]*\(, -[a-z-]*\)*\).*/\1/p' | tr ',' '\n' |
	tr -d ' ' | sort -u)
[ "$(printf '%s\n' "$options" | wc -l)" -ge 3 ]
check $? "the help of $name lists options"

for file; do
	# groff writes a dash as \-; fish completions name options without dashes.
	text=$(sed 's/\\-/-/g' "$file")
	for option in $options; do
		case $file:$option in
		*.fish:--*) want="-l ${option#--}( |\$)" ;;
		*.fish:-*) want="-s ${option#-} " ;;
		*.bash:--*) want="(^|[^a-z-])$option([^a-z-]|\$)" ;;
		*.bash:-*) continue ;; # nobody completes to one letter
		*) want="(^|[^a-z-])$option([^a-z-]|\$)" ;;
		esac
		printf '%s\n' "$text" | grep -q -E -e "$want"
		check $? "$(basename "$file") mentions $option"
	done
	for command in $commands; do
		printf '%s\n' "$text" | grep -q -w -e "$command"
		check $? "$(basename "$file") mentions $command"
	done
done

# The other way round for the man page: nothing in it that the program has not.
page=$1
for option in $(sed 's/\\-/-/g; /oriel[d]* --/d; /^\.SH TARGETS/,$d' "$page" | grep -o -E '(^|[ "])--[a-z][a-z-]*' | tr -d ' "' | sort -u); do
	printf '%s\n' "$options" | grep -q -x -e "$option"
	check $? "$name has $option, which $(basename "$page") mentions"
done

if command -v groff >/dev/null; then
	warnings=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
	[ -z "$warnings" ]
	check $? "groff takes $(basename "$page")${warnings:+: $warnings}"
fi
echo "1..$n"
exit $failed
