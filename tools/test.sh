# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# ./dev test [--vm|--all|NAME...]: sourced by ./dev, which has the functions and the variables tree and
# build.
#
# Every check of the project, in two builds: gcc, and clang with the address and undefined-behaviour
# sanitizers. Tests of the suite "vm" start virtual machines: they run with --vm and --all, in the gcc
# build. The last line is the sum of all subtests.

logs=$build/test-logs
summary() {
	enter python3 -B "$tree/tools/test_summary.py" "$@"
}

# One check outside of meson. $1: name; then a command, which may exit. Its output is shown when it fails.
check() {
	name=$1
	shift
	if ("$@") >"$logs/$name.log" 2>&1; then
		echo "ok 1 - $name" >"$logs/$name.tap"
		say "$name: ok"
	else
		{ sed 's/^/# /' "$logs/$name.log"; echo "not ok 1 - $name"; } >"$logs/$name.tap"
		say "$name: FAILED"
	fi
}

# The same of a command that prints TAP. A status that no subtest explains counts as one failure.
check_tap() {
	name=$1
	shift
	"$@" >"$logs/$name.tap" 2>"$logs/$name.log" || grep -q '^not ok' "$logs/$name.tap" || {
		tail -n 40 "$logs/$name.log" | sed 's/^/# /'
		echo "not ok 1 - $name"
	} >>"$logs/$name.tap"
}

# All files of the project, tracked or new, that match the patterns.
files() {
	git -C "$tree" ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
		[ ! -f "$tree/$file" ] || echo "$tree/$file"
	done
}

formatted() {
	files '*.c' '*.h' '*.cpp' | enter xargs clang-format --dry-run --Werror
}

licensed() {
	files '*.c' '*.h' '*.cpp' '*.m' '*.def' '*.sh' '*.py' '*.map.in' '*meson.build' dev .ci/run \
		tools/packages | {
		missing=0
		while read -r file; do
			head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only' || {
				echo "$file has no SPDX line"
				missing=1
			}
		done
		return $missing
	}
}

setup_asan() {
	[ -f "$build/asan/build.ninja" ] || enter env CC=clang CXX=clang++ meson setup "$build/asan" "$tree" \
		-Db_sanitize=address,undefined -Db_lundef=false
}

compile_asan() {
	setup_asan && enter ninja -C "$build/asan"
}

# $1: what its log is called; $2: build; then options of meson test. Failures are told by the
# summary. Meson's log has a name of its own: someone may run meson test by hand meanwhile.
run_meson_as() {
	result=$logs/$1.json
	which=$2
	log=$build/$which/meson-logs/dev-test-$$.json
	shift 2
	enter env ASAN_OPTIONS=detect_stack_use_after_return=1:abort_on_error=0 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		LSAN_OPTIONS="suppressions=$tree/tools/lsan.supp:print_suppressions=0" \
		meson test -C "$build/$which" --no-rebuild --logbase "dev-test-$$" "$@" >&2 || :
	[ ! -f "$log" ] || cp "$log" "$result"
	rm -f "${log%.json}".*
}

run_meson() {
	run_meson_as "$1" "$@"
}

test_named() {
	say "compiling (gcc)"
	compile
	run_meson gcc --verbose "$@"
}

test_all() {
	say "compiling (gcc)"
	compile
	check clang-format formatted
	check spdx licensed
	say "testing (gcc)"
	run_meson gcc --no-suite vm
	say "compiling (clang, sanitizers)"
	check asan-build compile_asan
	if grep -q '^ok' "$logs/asan-build.tap"; then
		say "testing (clang, sanitizers)"
		export E2E_DEADLINE="${E2E_DEADLINE:-120}"
		run_meson asan --no-suite vm --timeout-multiplier 4
	fi
	if [ -f "$tree/tools/mac/build.sh" ]; then
		say "cross-linking for macOS"
		check_tap mac enter bash "$tree/tools/mac/build.sh"
	fi
}

provide_module_kernels() {
	. "$tree/tools/vm-packages.sh"
	provide_kernels "$build/vm-kernel/kernels"
}

provide_vsock() {
	. "$tree/tools/vm-packages.sh"
	provide_vhost_vsock "$build/vm-vsock"
}

provide_qemus() {
	. "$tree/tools/vm-packages.sh"
	for suite_of_qemu in $qemu_suites; do
		provide_qemu "$build/vm-qemu/$suite_of_qemu" "$suite_of_qemu"
	done
}

# The oldest and the newest QEMU there is, beside that of the root.
test_qemus() {
	check vm-qemus provide_qemus
	grep -q '^ok' "$logs/vm-qemus.tap" || return 0
	for programs in "$build/vm-qemu"/*/programs; do
		name=qemu-$(basename "$(dirname "$programs")")
		say "testing with $name"
		check_tap "$name" enter env PATH="$programs:/usr/bin:/bin:/usr/sbin:/sbin" \
			"$tree/tests/vmhost/boot.sh" "$build/gcc/host/oriel" shares
	done
}

test_module() {
	check vm-kernels provide_module_kernels
	grep -q '^ok' "$logs/vm-kernels.tap" || return 0
	say "testing the kernel module"
	check_tap module enter "$tree/tests/kernel/run.sh" "$build/vm-kernel"
}

test_vm() {
	say "making what virtual machines need"
	check vm-image provide_vm
	grep -q '^ok' "$logs/vm-image.tap" || return 0
	test_module
	test_qemus
	check vm-vsock provide_vsock
	say "testing (virtual machines)"
	export ORIEL_VM_IMAGE="$vm_image" ORIEL_VHOST_VSOCK="$build/vm-vsock/usr/bin/vhost-device-vsock"
	run_meson_as vm gcc --suite vm --num-processes 1
}

rm -rf "$logs"
mkdir -p "$logs"
case ${1:-} in
'') test_all ;;
--vm) test_vm ;;
--all)
	test_all
	test_vm
	;;
*) test_named "$@" ;;
esac
summary "$logs"
