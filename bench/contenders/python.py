"""python-gssapi as a contender: one request a line, the nanoseconds of CPU time it took as the answer."""

import sys
import time

import gssapi

NAME = gssapi.Name(sys.argv[1], gssapi.NameType.hostbased_service)
INITIATE = gssapi.Credentials(usage="initiate")
ACCEPT = gssapi.Credentials(name=NAME, usage="accept")
FLAG = gssapi.RequirementFlag
REPEATABLE = FLAG.mutual_authentication | FLAG.confidentiality | FLAG.integrity
ALL = REPEATABLE | FLAG.replay_detection | FLAG.out_of_sequence_detection


def establish(flags):
    initiator = gssapi.SecurityContext(name=NAME, creds=INITIATE, flags=flags, usage="initiate")
    acceptor = gssapi.SecurityContext(creds=ACCEPT, usage="accept")
    initiator.step(acceptor.step(initiator.step()))
    return initiator, acceptor


INITIATOR, ACCEPTOR = establish(REPEATABLE)


def wrap(size, confidential):
    message = b"Z" * size
    return lambda: INITIATOR.wrap(message, confidential)


def unwrap(size, confidential):
    token = bytearray(INITIATOR.wrap(b"Z" * size, confidential).message)
    return lambda: ACCEPTOR.unwrap(bytes(token))  # a copy: the library writes into what it gets


def handshake(_size, _confidential):
    return lambda: establish(ALL)


CALLS = {"wrap": wrap, "unwrap": unwrap, "handshake": handshake}


def run(operation, size, confidential, count):
    call = CALLS[operation](int(size), confidential == "1")
    start = time.thread_time_ns()
    for _ in range(int(count)):
        call()
    return time.thread_time_ns() - start


print(gssapi.__version__ if hasattr(gssapi, "__version__") else "", flush=True)
for line in sys.stdin:
    print(run(*line.split()), flush=True)
