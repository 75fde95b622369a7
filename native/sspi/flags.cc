#include "flags.h"

namespace gssapi {
namespace backend {
namespace {

constexpr uint32_t kDelegationPolicy = 0x8000;

struct FlagRow {
  uint32_t gss;
  unsigned long isc_req;
  unsigned long isc_ret;
  unsigned long asc_ret;
};
constexpr FlagRow kFlags[] = {
    {kDelegation, ISC_REQ_DELEGATE, ISC_RET_DELEGATE, ASC_RET_DELEGATE},
    {0x2, ISC_REQ_MUTUAL_AUTH, ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH},
    {0x4, ISC_REQ_REPLAY_DETECT, ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {0x8, ISC_REQ_SEQUENCE_DETECT, ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {0x10, ISC_REQ_CONFIDENTIALITY, ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {0x20, ISC_REQ_INTEGRITY, ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {0x40, ISC_REQ_NULL_SESSION, ISC_RET_NULL_SESSION, ASC_RET_NULL_SESSION},
    {0x1000, ISC_REQ_USE_DCE_STYLE, ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE},
    {0x2000, ISC_REQ_IDENTIFY, ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
    {0x4000, ISC_REQ_EXTENDED_ERROR, ISC_RET_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR},
    // Windows delegates only where the KDC's policy allows it, whatever was asked.
    {kDelegationPolicy, ISC_REQ_DELEGATE, 0, 0},
};

}  // namespace

unsigned long RequestedFlags(uint32_t flags) {
  unsigned long requested = 0;
  for (const FlagRow& row : kFlags) requested |= (flags & row.gss) != 0 ? row.isc_req : 0;
  return requested;
}

uint32_t GrantedFlags(const Context* context, unsigned long attributes) {
  bool initiator = context->request.initiator;
  uint32_t granted = 0;
  for (const FlagRow& row : kFlags) {
    if ((attributes & (initiator ? row.isc_ret : row.asc_ret)) != 0) granted |= row.gss;
  }
  if ((granted & kDelegation) != 0) granted |= context->request.flags & kDelegationPolicy;
  return granted;
}

}  // namespace backend
}  // namespace gssapi
