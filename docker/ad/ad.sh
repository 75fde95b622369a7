#!/bin/bash
# Makes the domain, fills it, exports what its clients and services need, and runs its controller: KDC, password changes and
# LDAP. Started again in the same container it goes on with the domain that it has.
set -euo pipefail

: "${AD_REALM:?}"
: "${AD_HOST:=$(hostname -f)}"         # by what name clients reach this container
: "${AD_DOMAIN:=${AD_REALM%%.*}}"      # the domain's short name
: "${AD_USERS:=}"                      # name:password
: "${AD_SERVICES:=}"                   # service@host: an account for each, whose keys are exported
: "${AD_ACCOUNTS:=/ad/accounts.json}"  # further accounts, where such a file is mounted: see accounts.py
: "${AD_ADMIN_PASSWORD:=}"             # of Administrator; without it nobody knows it

readonly EXPORT=/export DATA=/ad/data
readonly SMB_CONF=$DATA/etc/smb.conf COMPLETE=$DATA/complete

say() { printf 'ad: %s\n' "$*"; }

# What a client needs to know. No name is looked up in DNS backwards: a container's address has another name there.
write_client_profile() {
  local dns=${AD_REALM,,}
  cat <<CONF
[libdefaults]
 default_realm = $AD_REALM
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
 canonicalize = true
[realms]
 $AD_REALM = {
  kdc = $1
  kpasswd_server = $1
 }
[domain_realm]
 $dns = $AD_REALM
 .$dns = $AD_REALM
CONF
}

# The ACLs of files lie where a container may write them: the default place is the kernel's, and takes a privileged one.
make_domain() {
  say "making $AD_REALM"
  rm -rf "$DATA" "$EXPORT/keytabs"
  mkdir -p "$DATA" "$EXPORT/keytabs"
  local random
  random=A-$(head -c 18 /dev/urandom | base64 | tr -d '/+=')-1
  samba-tool domain provision -d 0 --targetdir="$DATA" --realm="$AD_REALM" --domain="${AD_DOMAIN^^}" \
    --host-name="${AD_HOST%%.*}" --server-role=dc --dns-backend=NONE \
    --adminpass="${AD_ADMIN_PASSWORD:-$random}" \
    --option='server services=kdc, ldap, cldap' \
    --option='acl_xattr:security_acl_name=user.NTACL' \
    --option='ldb:nosync=true' >/dev/null
  /usr/bin/python3 /ad/accounts.py "$SMB_CONF" environment
  # The services run under other users, and these are keys of a domain that protects nothing.
  find "$EXPORT/keytabs" -type f -exec chmod 0644 {} +
  touch "$COMPLETE" # what broke off half-way is made anew
}

write_client_profile localhost >/ad/krb5.conf
write_client_profile "$AD_HOST" >"$EXPORT/krb5.conf"
[ -f "$COMPLETE" ] || make_domain
exec samba --foreground --no-process-group --model=single -s "$SMB_CONF" --debug-stdout
