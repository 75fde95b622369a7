#!/bin/bash
# Makes the realm, fills it, exports what its clients and services need, and runs its KDC (and kadmind, where there is
# somebody who may use it). Started again in the same container it goes on with the realm that it has.
set -euo pipefail

: "${KDC_REALM:?}"
: "${KDC_HOST:=$(hostname -f)}"       # by what name clients reach this container
: "${KDC_PRINCIPALS:=}"               # name:password, or name alone for a random key, which is exported
: "${KDC_SERVICES:=}"                 # service@host: random keys, which are exported
: "${KDC_ADMIN_PASSWORD:=}"           # of admin/admin, who may do everything over the network; without it nobody may
: "${KDC_SCRIPT:=/kdc/realm.kadm5}"   # further commands of kadmin.local, one a line
: "${KDC_TICKET_LIFETIME:=86400}"     # seconds
: "${KDC_ENCRYPTION_TYPES:=}"         # by MIT's names; MIT's own where empty
: "${KDC_DOMAINS:=${KDC_REALM,,}}"    # the domains whose hosts are of this realm

readonly EXPORT=/export DATABASE=/var/lib/krb5kdc/principal COMPLETE=/var/lib/krb5kdc/complete

say() { printf 'kdc: %s\n' "$*"; }

# What a client needs to know. No name is looked up in DNS backwards: a container's address has another name there.
write_client_profile() {
  cat <<CONF
[libdefaults]
 default_realm = $KDC_REALM
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
${KDC_ENCRYPTION_TYPES:+ permitted_enctypes = $KDC_ENCRYPTION_TYPES}
[realms]
 $KDC_REALM = {
  kdc = $1
  admin_server = $1
 }
[domain_realm]
CONF
  local domain
  for domain in $KDC_DOMAINS; do
    printf ' %s = %s\n .%s = %s\n' "$domain" "$KDC_REALM" "$domain" "$KDC_REALM"
  done
}

write_server_profile() {
  cat <<CONF
[kdcdefaults]
 kdc_listen = 88
 kdc_tcp_listen = 88
[realms]
 $KDC_REALM = {
  database_name = $DATABASE
  key_stash_file = /var/lib/krb5kdc/stash
  acl_file = /kdc/kadm5.acl
  max_life = ${KDC_TICKET_LIFETIME}s
  max_renewable_life = 7d
${KDC_ENCRYPTION_TYPES:+  supported_enctypes = $(printf '%s:normal ' $KDC_ENCRYPTION_TYPES)}
 }
CONF
}

# One session over standard input, where no password stands on a command line. Its exit code says nothing; a complaint does.
kadmin_session() {
  local complaints
  complaints=$(kadmin.local -r "$KDC_REALM" -p "setup/admin@$KDC_REALM" 2>&1 >/dev/null |
    grep -v -i '^\(WARNING: \)\?no policy specified for ' || true)
  [ -z "$complaints" ] || { printf 'kdc: %s\n' "$complaints" >&2; return 1; }
}

quoted() { printf '"%s"' "${1//\"/\"\"}"; }

# add_principal NAME [PASSWORD]
add_principal() {
  if [ $# -gt 1 ]; then
    printf 'add_principal -pw %s %s\n' "$(quoted "$2")" "$(quoted "$1")"
  else
    printf 'add_principal -randkey %s\n' "$(quoted "$1")"
    export_keys "$1"
  fi
}

# A keytab of its own for each, named after it: HTTP/www.example.test lies in HTTP_www.example.test.keytab.
export_keys() { printf 'ktadd -k %s -norandkey %s\n' "$(quoted "$EXPORT/keytabs/${1//\//_}.keytab")" "$(quoted "$1")"; }

commands() {
  local each
  for each in $KDC_PRINCIPALS; do
    case $each in
      *:*) add_principal "${each%%:*}" "${each#*:}" ;;
      *) add_principal "$each" ;;
    esac
  done
  for each in $KDC_SERVICES; do add_principal "${each/@//}"; done
  if [ -n "$KDC_ADMIN_PASSWORD" ]; then add_principal admin/admin "$KDC_ADMIN_PASSWORD"; fi
  if [ -f "$KDC_SCRIPT" ]; then grep -v '^[[:space:]]*\(#\|$\)' "$KDC_SCRIPT" || true; fi
}

make_realm() {
  say "making $KDC_REALM"
  rm -rf "$EXPORT/keytabs" "$DATABASE"*
  local master
  master=$(head -c 24 /dev/urandom | base64) # nobody needs it again: the key is in the stash file
  printf '%s\n%s\n' "$master" "$master" | kdb5_util -r "$KDC_REALM" create -s >/dev/null
  mkdir -p "$EXPORT/keytabs"
  commands | kadmin_session
  # The services run under other users, and these are keys of a realm that protects nothing.
  find "$EXPORT/keytabs" -type f -exec chmod 0644 {} +
  touch "$COMPLETE" # what broke off half-way is made anew
}

write_client_profile localhost >/kdc/krb5.conf
write_server_profile >/kdc/kdc.conf
write_client_profile "$KDC_HOST" >"$EXPORT/krb5.conf"
echo "*/admin@$KDC_REALM *e" >/kdc/kadm5.acl # e: may also read keys, so that a keytab can be had without changing them
[ -f "$COMPLETE" ] || make_realm
printf '[logging]\n kdc = STDERR\n admin_server = STDERR\n' >>/kdc/kdc.conf # not before: kadmin.local would log its remarks too

if [ -z "$KDC_ADMIN_PASSWORD" ]; then
  exec krb5kdc -n
fi
# Two servers, of which neither may end without the other: whoever ends first ends the container.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
trap 'exit 0' TERM INT
kadmind -nofork &
krb5kdc -n &
wait -n
say 'a server has ended' >&2
exit 1
