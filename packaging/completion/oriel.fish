# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Completion of oriel for fish.

set -l commands run desktop attach ps stats up down status doctor help
set -l view run desktop attach
set -l ask ps stats doctor

function __oriel_machines
    set -l state "$HOME/.local/state"
    set -q XDG_STATE_HOME; and set state $XDG_STATE_HOME
    for folder in $state/oriel/vm/*/
        printf '%s\n' qemu:(path basename $folder)\t'a virtual machine'
    end
end

function __oriel_targets
    set -l token (commandline -ct)
    if string match -q 'ssh:*' -- $token
        __fish_print_hostnames | string replace -r '^' 'ssh:'
    else if string match -q 'unix:*' -- $token
        __fish_complete_path (string replace 'unix:' '' -- $token) | string replace -r '^' 'unix:'
    else
        printf '%s\n' local\t'this machine' unix:\t'a socket' tcp:\t'a port of this machine' \
            exec:\t'a command' ssh:\t'another machine' qemu:\t'a virtual machine' \
            vsock:\t'a virtual machine by CID and port' vsock-unix:\t'a virtual machine by its socket and port'
        __oriel_machines
    end
end

complete -c oriel -f
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -s h -l help -d 'list the commands'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -l version -d 'show the version'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a run -d 'start a program in the guest'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a desktop -d 'a whole desktop in one window'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a attach -d 'show windows that nobody shows'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a ps -d 'list the windows of the guest'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a stats -d 'counters and latencies'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a up -d 'start a virtual machine'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a down -d 'shut a virtual machine down'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a status -d 'list the virtual machines'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'check what oriel needs'
complete -c oriel -n "not __fish_seen_subcommand_from $commands" -a help -d 'explain a command'

complete -c oriel -n "__fish_seen_subcommand_from $view $ask" -x -l on -a '(__oriel_targets)' -d 'where the guest is'
complete -c oriel -n "__fish_seen_subcommand_from $view $ask" -r -F -l token-file -d 'the access token, for tcp'
complete -c oriel -n "__fish_seen_subcommand_from $commands" -s h -l help -d 'explain the command'
complete -c oriel -n "__fish_seen_subcommand_from $ask status" -l json -d 'answer in JSON'
complete -c oriel -n "__fish_seen_subcommand_from $view" -l wait -d 'wait for the guest to come back'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l scale -a '1 1.25 1.5 2 3' -d 'pixels per unit'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l refresh -a '0 30 60 120' -d 'frames per second at most'
complete -c oriel -n "__fish_seen_subcommand_from $view" -f -l grab-keys -d 'a window with focus gets the host shortcuts'
complete -c oriel -n "__fish_seen_subcommand_from $view" -f -l allow-grab -d 'programs that ask for the host shortcuts get them'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l present -a 'auto surface renderer' -d 'how windows are drawn'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l keys -a 'pc mac swap' -d 'what Ctrl and Super are'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l clipboard -a 'both to-guest to-host off' -d 'which way to share it'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l layout -d 'XKB keyboard layout'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l variant -d 'XKB variant of the layout'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l options -d 'XKB options'
complete -c oriel -n "__fish_seen_subcommand_from $view" -x -l model -d 'XKB keyboard model'
complete -c oriel -n "__fish_seen_subcommand_from run" -x -l env -d 'set a variable for the program'
complete -c oriel -n "__fish_seen_subcommand_from run" -a '(__fish_complete_subcommand --fcs-skip=2)'
complete -c oriel -n "__fish_seen_subcommand_from help" -a "$commands"
complete -c oriel -n "__fish_seen_subcommand_from up down status" -a '(__oriel_machines)'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l image -a '(__fish_complete_directories)' -d 'folder of the guest image'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l memory -a '1G 2G 4G 8G' -d 'of the machine'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l cpus -d 'processors of the machine'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l gpu -a 'none virgl venus' -d 'what programs draw by'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l share -a 'auto ring ram stream' -d 'how pixels get out'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l share-size -a '64M 256M 1G' -d 'of the shared memory'
complete -c oriel -n "__fish_seen_subcommand_from up" -x -l accel -a 'auto hvf kvm tcg' -d 'acceleration'
complete -c oriel -n "__fish_seen_subcommand_from up" -l fresh -d 'with a new disk'
complete -c oriel -n "__fish_seen_subcommand_from up down" -x -l timeout -d 'how long to wait'
complete -c oriel -n "__fish_seen_subcommand_from down" -l force -d 'end it at once'
