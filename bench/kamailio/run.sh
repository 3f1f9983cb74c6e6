#!/usr/bin/env bash
# The same SIPp load through Kamailio's own modules and through the gateway, in turn, against the same JSON-RPC servers.
#     bench/kamailio/run.sh [--rounds 1] [--rates "1000 5000"] [--seconds 10] [--search "4000 5000 ... 12000"]
#                           [--sides "jsonrpcc janssonrpcc gateway"] [--faults "killed frozen both-down both-frozen"]
# Needs kamailio, kamailio-json-modules, kamailio-extra-modules, sip-tester and the .NET 10 SDK; with a C compiler SIPp measures in
# microseconds. Everything stays on loopback; what it starts it ends, by process id.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
rates="1000 5000" seconds=10 search="4000 5000 6000 7000 8000 9000 10000 11000 12000"
rounds=1 sides="jsonrpcc janssonrpcc gateway" faults="killed frozen both-down both-frozen"
while (($#)); do
    case $1 in
        --rates) rates=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --search) search=$2; shift 2 ;;
        --rounds) rounds=$2; shift 2 ;;
        --sides) sides=$2; shift 2 ;;
        --faults) faults=$2; shift 2 ;;
        *) echo "run.sh: unknown option '$1'; expected --rounds, --rates, --seconds, --search, --sides or --faults" >&2; exit 64 ;;
    esac
done
for tool in kamailio sipp dotnet awk; do
    command -v "$tool" >/dev/null || { echo "run.sh: $tool is missing; install kamailio, kamailio-json-modules, kamailio-extra-modules, sip-tester and the .NET 10 SDK" >&2; exit 3; }
done

work=$(mktemp -d)
declare -A started=()
cleanup() {
    for pid in "${started[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill "$pid" 2>/dev/null || true; done
    again
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT

dotnet build -c Release "$root/Rx.JsonRpc.Tool" -v q --nologo >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 3; }
rxrpc=$root/Rx.JsonRpc.Tool/bin/Release/net10.0/rxrpc
cp "$here"/*.cfg "$here/common.inc" "$root/samples/kamailio/rxrpc.cfg" "$work/"
clock=
if command -v cc >/dev/null && cc -shared -fPIC -O2 -o "$work/fineclock.so" "$here/fineclock.c" 2>"$work/cc.log"; then clock=$work/fineclock.so; fi

start() { # NAME COMMAND...
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    started[$name]=$!
}

stop() { # NAME...
    local name
    for name in "$@"; do
        [[ -n ${started[$name]:-} ]] || continue
        kill "${started[$name]}" 2>/dev/null || true
        wait "${started[$name]}" 2>/dev/null || true
        unset "started[$name]"
    done
}

serve() { start "server$1" "$rxrpc" serve --listen "127.0.0.1:910$1"; }

begin() { # SIDE [FAULT]
    local config=$here/rxrpc.json
    # The setting of docs/kamailio.md under which silence is waited out too.
    if [[ ${2:-} == both-frozen ]]; then
        config=$work/rounds.json
        sed 's/"whenDisconnected": "wait"/&, "retries": -1/' "$here/rxrpc.json" >"$config"
    fi
    serve 1
    serve 2
    sleep 1
    mkdir -p "$work/run"
    start kamailio kamailio -f "$work/$1.cfg" -DD -E -w "$work/run" -P "$work/kamailio.pid" -m 512 -M 16
    [[ $1 == gateway ]] && start gateway "$rxrpc" gateway --config "$config"
    sleep 3
}

end() {
    stop gateway kamailio server1 server2
    again
    sleep 1
}

# Ends the servers that came back.
again() {
    [[ -f $work/again ]] || return 0
    while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$work/again"
    rm -f "$work/again"
}

# The user and system time, in ticks, of a process and its children.
ticks() {
    local total=0 pid stat
    for pid in "$1" $(pgrep -P "$1" || true); do
        stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
        total=$((total + $(awk '{ print $12 + $13 }' <<<"$stat")))
    done
    echo "$total"
}

busy() {
    local sum
    sum=$(ticks "${started[kamailio]}")
    [[ -n ${started[gateway]:-} ]] && sum=$((sum + $(ticks "${started[gateway]}")))
    echo "$sum"
}

# Runs one load; leaves: clean failed achieved p50 p95 p99 cpu
load() { # RATE SECONDS
    rm -f "$work"/*_rtt.csv
    local calls=$(($1 * $2)) before after from to
    before=$(busy)
    from=$(date +%s%N)
    (cd "$work" && LD_PRELOAD=$clock sipp -sf "$here/options.xml" 127.0.0.1:5070 -i 127.0.0.1 -p 5080 -r "$1" -rp 1000 -m "$calls" -l 100000 \
        -timeout $(($2 + 20))s -timeout_error -trace_stat -stf stat.csv -fd 1 -trace_rtt -rtt_freq 100 -nostdin) >"$work/sipp.log" 2>&1 || true
    to=$(date +%s%N)
    after=$(busy)
    local done_
    read -r done_ _ < <(tail -1 "$work/stat.csv" | awk -F';' -v head="$(head -1 "$work/stat.csv")" '
        BEGIN { n = split(head, names, ";"); for (i = 1; i <= n; i++) at[names[i]] = i }
        { print $at["SuccessfulCall(C)"], $at["FailedCall(C)"] }')
    succeeded=$done_
    failed=$((calls - done_))
    achieved=$(awk -v n="$done_" -v t=$((to - from)) 'BEGIN { printf "%.0f", n / (t / 1e9) }')
    read -r p50 p95 p99 < <(cat "$work"/*_rtt.csv 2>/dev/null | awk -F';' '$2 ~ /^[0-9.]+$/ { print $2 }' | sort -n | awk '
        { v[NR] = $1 }
        END { if (NR == 0) { print "- - -"; exit } print v[int((NR - 1) * 0.50) + 1], v[int((NR - 1) * 0.95) + 1], v[int((NR - 1) * 0.99) + 1] }')
    cpu=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$done_" 'BEGIN { printf "%.0f", n ? t / hz * 1e6 / n : 0 }')
}

# Kills, freezes or restarts servers while a load runs: 3 s after its start.
trouble() { # FAULT
    sleep 3
    case $1 in
        killed) kill -9 "${started[server1]}" ;;
        frozen) kill -STOP "${started[server1]}"; sleep 4; kill -CONT "${started[server1]}" ;;
        both-down)
            kill -9 "${started[server1]}" "${started[server2]}"
            sleep 2
            for server in 1 2; do
                "$rxrpc" serve --listen "127.0.0.1:910$server" >"$work/again$server.log" 2>&1 &
                echo $! >>"$work/again"
            done
            ;;
        both-frozen)
            kill -STOP "${started[server1]}" "${started[server2]}"
            sleep 2
            kill -CONT "${started[server1]}" "${started[server2]}"
            ;;
    esac
}

say() {
    case $1 in
        killed) echo 'one of two servers killed after 3 s' ;;
        frozen) echo 'one of two frozen (SIGSTOP) from 3 s to 7 s' ;;
        both-down) echo 'both killed after 3 s, back after 5 s' ;;
        both-frozen) echo 'both frozen (SIGSTOP) from 3 s to 5 s' ;;
    esac
}

echo "machine: $(nproc) cores, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(uname -sr), $(kamailio -v | awk 'NR == 1 { print $3 }')"
[[ -n $clock ]] || echo "no C compiler: SIPp measures in steps of its coarse clock, often 4 ms"
for ((round = 1; round <= rounds; round++)); do
    printf '\nround %s of %s\n' "$round" "$rounds"
    printf '\n%-13s %8s %9s %8s %8s %8s %8s %8s %14s\n' side rate 'calls/s' answered failed p50/ms p95/ms p99/ms 'CPU us/call'
    for rate in $rates; do
        for side in $sides; do
            begin "$side"
            load 200 3 # the first calls compile the gateway's code
            load "$rate" "$seconds"
            printf '%-13s %8s %9s %8s %8s %8s %8s %8s %14s\n' "$side" "$rate" "$achieved" "$succeeded" "$failed" "$p50" "$p95" "$p99" "$cpu"
            end
        done
    done

    printf '\n%-13s %-45s %8s %8s  %s\n' side '10 s at 1,000/s' answered failed kamailio
    for fault in $faults; do
        for side in $sides; do
            begin "$side" "$fault"
            load 200 3
            trouble "$fault" &
            troubled=$!
            load 1000 10 2>/dev/null # where the shell tells that a server was killed
            wait "$troubled" 2>/dev/null || true
            alive=$(kill -0 "${started[kamailio]}" 2>/dev/null && echo runs || echo died)
            printf '%-13s %-45s %8s %8s  %s\n' "$side" "$(say "$fault")" "$succeeded" "$failed" "$alive"
            end
        done
    done

    printf '\n%-13s %s\n' side 'highest rate of those tried without a failed call, at 90 % of the rate or more'
    for side in $sides; do
        best=none
        for rate in $search; do
            begin "$side"
            load 200 3
            load "$rate" "$seconds"
            end
            awk -v a="$achieved" -v r="$rate" -v f="$failed" 'BEGIN { exit !(f == 0 && a >= 0.9 * r) }' || break
            best=$rate/s
        done
        printf '%-13s %s\n' "$side" "$best"
    done
done
