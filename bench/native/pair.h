// Both ends of a security context in one process, as a plain C program would write it.
#ifndef BENCH_PAIR_H_
#define BENCH_PAIR_H_

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdbool.h>

// Without replay and sequence detection one token may be unwrapped as often as one likes.
#define FLAGS_MESSAGES (GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)
#define FLAGS_ALL (FLAGS_MESSAGES | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG)

typedef struct {
  const char* call;  // what failed; NULL: nothing did
  OM_uint32 major, minor;
} Failure;

// Records a failure and says whether there is none.
bool Good(Failure* failure, const char* call, OM_uint32 major, OM_uint32 minor);

typedef struct {
  gss_name_t target;
  gss_cred_id_t initiator, acceptor;
} Party;

typedef struct {
  gss_ctx_id_t initiator, acceptor;
} Pair;

bool OpenParty(const char* service, Party* party, Failure* failure);
// The credentials alone, from the default ccache and keytab.
bool AcquireBoth(Party* party, Failure* failure);
void ReleaseBoth(Party* party);

bool Establish(const Party* party, OM_uint32 flags, Pair* pair, Failure* failure);
void DeletePair(Pair* pair);

#endif  // BENCH_PAIR_H_
