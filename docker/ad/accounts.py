# Accounts and keytabs of a domain: accounts.py SMB_CONF <accounts.json, or accounts.py SMB_CONF environment, which reads
# AD_USERS, AD_SERVICES and the file of AD_ACCOUNTS. An account is an object:
#   name, password, upn, spns (service principal names), keytab (the file for their keys),
#   delegateTo (service principal names), trustedToAuthenticate, disabled, mustChangePassword
import json
import os
import secrets
import sys

import samba.dckeytab  # noqa: F401 (gives Net its export_keytab)
from samba.auth import system_session
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

DISABLED = 0x2
NORMAL = 0x200
TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION = 0x1000000

lp = LoadParm()
lp.load(sys.argv[1])
sam = SamDB(session_info=system_session(), lp=lp)
net = Net(None, lp)


def dn_of(name):
    return sam.search(expression="(sAMAccountName=%s)" % name, attrs=[])[0].dn


def add(account):
    name = account["name"]
    sam.newuser(name, account["password"])
    attributes = {
        "msDS-SupportedEncryptionTypes": ["24"],  # AES: an account's keytab has RC4 alone otherwise
        "servicePrincipalName": account.get("spns", []),
        "msDS-AllowedToDelegateTo": account.get("delegateTo", []),
        "userPrincipalName": [account["upn"]] if "upn" in account else [],
        "pwdLastSet": ["0"] if account.get("mustChangePassword") else [],
    }
    control = NORMAL
    if account.get("trustedToAuthenticate"):
        control |= TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION
    if account.get("disabled"):
        control |= DISABLED
    attributes["userAccountControl"] = [str(control)]
    changes = [
        "replace: %s\n%s" % (key, "".join("%s: %s\n" % (key, value) for value in values))
        for key, values in attributes.items()
        if values
    ]
    sam.modify_ldif("dn: %s\nchangetype: modify\n%s" % (dn_of(name), "-\n".join(changes)))
    if "keytab" in account:
        for principal in [name] + account.get("spns", []):
            net.export_keytab(keytab=account["keytab"], principal=principal)


def random_password():
    return "S-%s-1" % secrets.token_urlsafe(18)


def user(text):
    name, _, password = text.partition(":")
    return {"name": name, "password": password}


def service(index, text):
    service_class, _, host = text.partition("@")
    return {
        "name": ("%s-%d" % (service_class, index))[:20],  # an account's name is no longer
        "spns": ["%s/%s" % (service_class, host)],
        "upn": "%s/%s@%s" % (service_class, host, lp.get("realm")),  # so that it also gets tickets by that name
        "keytab": "/export/keytabs/%s_%s.keytab" % (service_class, host),
    }


def from_environment():
    file = os.environ.get("AD_ACCOUNTS", "/ad/accounts.json")
    yield from map(user, os.environ.get("AD_USERS", "").split())
    for index, text in enumerate(os.environ.get("AD_SERVICES", "").split()):
        yield service(index, text)
    if os.path.exists(file):
        with open(file) as accounts:
            yield from json.load(accounts)


for each in from_environment() if "environment" in sys.argv[2:] else json.load(sys.stdin):
    add({"password": random_password(), **each})
