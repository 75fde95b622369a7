/**
 * The shell program that owns a realm's directory and its KDC. It reads commands from a pipe whose
 * other end this process holds (close-on-exec, so no other child inherits it); when the pipe closes,
 * because the realm is disposed of or because this process ended in whatever way, SIGKILL included,
 * it ends the KDC, removes the directory and itself. A shell starts in 2 ms, node in 40 or more.
 *
 * - It runs in a session of its own (spawn's `detached`), out of reach of a terminal's ^C, and
 *   ignores the signals that end whole groups of processes: it ends when its parent has ended.
 * - It signals process group 0, its own, and no process id: a group's id cannot be reused while its
 *   leader lives, so a stranger is never hit. The KDC is sent SIGTERM (libfaketime removes its shared
 *   memory then), and SIGCONT, in case a test had stopped it.
 * - It makes the directory itself, so that there is no moment at which a directory is left behind,
 *   and removes what lies in its working directory, by relative names: if somebody moved the
 *   directory or put another in its place, that one is left alone. rm and rmdir follow no links.
 * - It tries again for a while, since a kinit that is still running may just be writing a file; and
 *   if the KDC does not end within 3 seconds, everything in the group is killed.
 *
 * Arguments: the directory, then the KDC's command line. Lines that begin with '@' are its answers,
 * all others are the KDC's words.
 */
export const WATCHDOG = `
trap '' HUP INT QUIT TERM PIPE
umask 077
dir=$1
shift
job=
mkdir -- "$dir" 2>&1 && cd -- "$dir" 2>&1 || exit 1

serve() {
  ( ( trap - HUP INT QUIT TERM PIPE; exec "$@" ) </dev/null 2>&1; echo "@ended $?" ) &
  job=$!
}

halt() {
  kill -TERM 0
  kill -CONT 0
  [ -z "$job" ] || wait "$job"
  job=
}

clean() {
  for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    rm -rf -- ./* ./.[!.]* ./..?*
    rmdir -- "$dir" && return
    [ -n "$(ls -A)" ] || return
    chmod -R u+rwX .
    sleep 0.1
  done
}

echo @ready
while IFS= read -r command; do
  case $command in
    start) serve "$@" ;;
    stop) halt; echo @stopped ;;
  esac
done
( sleep 3; clean; kill -KILL 0 ) &
halt
clean
kill -KILL 0
`
