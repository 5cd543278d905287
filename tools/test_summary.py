# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
"""test_summary.py FOLDER: adds up what `./dev test` has left there.

*.json are meson's logs (one test per line), *.tap are plain TAP. Every subtest counts as one; a test
without subtests counts as one; a test program that fails without a failed subtest counts as one
failure. Prints logs of failures, reasons of skips, and the sum in the last line. The exit
status is 1 when something failed or nothing ran.
"""
import json
import os
import re
import sys

LINE = re.compile(r'^\s*(not ok|ok)\b\s*(\d+)?\s*(?:-\s*)?(.*)$')
DIRECTIVE = re.compile(r'#\s*(SKIP|TODO)\b\s*(.*)$', re.IGNORECASE)
TAIL = 120


class Sum:
    def __init__(self):
        self.passed = self.failed = 0
        self.skips, self.failures = [], []

    def tap(self, where, text):
        """Adds the subtests of a TAP log; returns how many there were, and how many failed."""
        ran = failed = 0
        for line in text.splitlines():
            match = LINE.match(line)
            if not match:
                continue
            ran += 1
            name = match[3]
            directive = DIRECTIVE.search(name)
            if directive:
                plain = name[:directive.start()].strip()
                self.skips.append(' '.join(filter(None, [where, plain, directive[2].strip()])))
            elif match[1] == 'ok':
                self.passed += 1
            else:
                failed += 1
                self.failed += 1
                self.failures.append(f'{where} {name}')
        return ran, failed

    def program(self, where, result, ran, failed, text):
        """Adds a test program as a whole, where its subtests do not tell everything."""
        good = result in ('OK', 'EXPECTEDFAIL')
        if result == 'SKIP' and not ran:
            self.skips.append(f'{where} {last_line(text)}')
        elif good and not ran:
            self.passed += 1
        elif not good and result != 'SKIP' and not failed:
            self.failed += 1
            self.failures.append(f'{where} ended with {result}')


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else ''


def show(where, text):
    print(f'\n=== {where}')
    lines = text.rstrip().splitlines()
    if len(lines) > TAIL:
        print(f'(the last {TAIL} of {len(lines)} lines)')
    print('\n'.join(lines[-TAIL:]))


def add_meson(sums, build, path):
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            try:
                test = json.loads(line)
            except json.JSONDecodeError:
                sums.program(f'[{build}] a line of the log:', 'damage', 0, 0, line)
                continue
            where = f"[{build}] {test['name']}:"
            output = test.get('stdout') or ''
            everything = output + (test.get('stderr') or '')
            before = sums.failed
            # Only what speaks TAP has lines like these; others count as a whole.
            is_tap = re.search(r'^(1\.\.\d+|TAP version)', output, re.MULTILINE)
            ran, failed = sums.tap(where, output) if is_tap else (0, 0)
            sums.program(where, test['result'], ran, failed, everything)
            if sums.failed > before:
                show(where, everything)


def add_tap(sums, name, path):
    with open(path, encoding='utf-8', errors='replace') as file:
        text = file.read()
    ran, failed = sums.tap(f'[{name}]', text)
    if failed:
        show(f'[{name}]', text)
    if not ran:
        sums.program(f'[{name}]', 'no result', ran, failed, text)


def main(folder):
    sums = Sum()
    for entry in sorted(os.listdir(folder)):
        name, kind = os.path.splitext(entry)
        path = os.path.join(folder, entry)
        if kind == '.json':
            add_meson(sums, name, path)
        elif kind == '.tap':
            add_tap(sums, name, path)
    print()
    for skip in sums.skips:
        print(f'skipped: {skip}')
    for failure in sums.failures:
        print(f'FAILED: {failure}')
    print(f'{sums.passed} passed, {sums.failed} failed, {len(sums.skips)} skipped')
    return 1 if sums.failed or not sums.passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
