# Accounts and keytabs of a domain, as JSON on standard input: populate.py SMB_CONF
import json
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
    for principal in [name] + account["spns"] if "spns" in account else []:
        net.export_keytab(keytab=account["keytab"], principal=principal)


for each in json.load(sys.stdin):
    add(each)
