#include "failure.h"
#include "handles.h"
#include "proxy.h"

namespace gssapi {
namespace backend {
namespace {

// The numbers of backend.h are the header's.
static_assert(kDefectiveToken == GSS_S_DEFECTIVE_TOKEN, "RFC 2744 3.9.1");
static_assert(kNoContext == GSS_S_NO_CONTEXT, "RFC 2744 3.9.1");
static_assert(kFailureMajor == GSS_S_FAILURE, "RFC 2744 3.9.1");
static_assert(kDuplicate == GSS_S_DUPLICATE_TOKEN, "RFC 2744 3.9.1");
static_assert(kOld == GSS_S_OLD_TOKEN, "RFC 2744 3.9.1");
static_assert(kUnsequenced == GSS_S_UNSEQ_TOKEN, "RFC 2744 3.9.1");
static_assert(kGap == GSS_S_GAP_TOKEN, "RFC 2744 3.9.1");
static_assert(kIndefinite == GSS_C_INDEFINITE, "RFC 2744 appendix A");
static_assert(static_cast<int>(Usage::kBoth) == GSS_C_BOTH, "RFC 2744 appendix A");
static_assert(static_cast<int>(Usage::kInitiate) == GSS_C_INITIATE, "RFC 2744 appendix A");
static_assert(static_cast<int>(Usage::kAccept) == GSS_C_ACCEPT, "RFC 2744 appendix A");
// The code table of src/base/errors.ts.
static_assert(GSS_S_BAD_MECH == 1U << 16 && GSS_S_BAD_NAME == 2U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_BAD_NAMETYPE == 3U << 16 && GSS_S_BAD_BINDINGS == 4U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_BAD_STATUS == 5U << 16 && GSS_S_BAD_SIG == 6U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_BAD_MIC == GSS_S_BAD_SIG && GSS_S_NO_CRED == 7U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_DEFECTIVE_CREDENTIAL == 10U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_CREDENTIALS_EXPIRED == 11U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_CONTEXT_EXPIRED == 12U << 16 && GSS_S_BAD_QOP == 14U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_UNAUTHORIZED == 15U << 16 && GSS_S_UNAVAILABLE == 16U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_DUPLICATE_ELEMENT == 17U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_NAME_NOT_MN == 18U << 16, "RFC 2744 3.9.1");
static_assert(GSS_S_BAD_MECH_ATTR == 19U << 16, "RFC 5587 3.4.7");
static_assert(GSS_S_CALL_INACCESSIBLE_READ == 1U << 24, "RFC 2744 3.9.1");
static_assert(GSS_S_CALL_INACCESSIBLE_WRITE == 2U << 24, "RFC 2744 3.9.1");
static_assert(GSS_S_CALL_BAD_STRUCTURE == 3U << 24, "RFC 2744 3.9.1");
// The flags of src/base/flags.ts.
static_assert(GSS_C_DELEG_FLAG == 1 && GSS_C_MUTUAL_FLAG == 2, "RFC 2744 appendix A");
static_assert(GSS_C_REPLAY_FLAG == 4 && GSS_C_SEQUENCE_FLAG == 8, "RFC 2744 appendix A");
static_assert(GSS_C_CONF_FLAG == 16 && GSS_C_INTEG_FLAG == 32, "RFC 2744 appendix A");
static_assert(GSS_C_ANON_FLAG == 64 && GSS_C_PROT_READY_FLAG == 128, "RFC 2744 appendix A");
static_assert(GSS_C_TRANS_FLAG == 256 && GSS_C_CHANNEL_BOUND_FLAG == 2048, "gssapi_ext.h");
static_assert(GSS_C_DCE_STYLE == 0x1000 && GSS_C_IDENTIFY_FLAG == 0x2000, "RFC 4757 7.1");
static_assert(GSS_C_EXTENDED_ERROR_FLAG == 0x4000, "RFC 4757 7.1");
static_assert(GSS_C_DELEG_POLICY_FLAG == 32768, "RFC 5896");

constexpr int kMostLines = 16;  // a library that never ends its message must not hang us

std::vector<std::string> Display(OM_uint32 status, int kind, gss_OID mechanism) {
  std::vector<std::string> lines;
  OM_uint32 more = 0;
  do {
    OM_uint32 minor;
    LibraryBuffer line;
    OM_uint32 major = g_gss->gss_display_status(&minor, status, kind, mechanism, &more, line.out());
    if (GSS_ERROR(major)) break;
    std::string text = line.text();
    while (!text.empty() && text.back() == '\0')
      text.pop_back();  // Quirk(mit): SPNEGO counts the NUL
    if (!text.empty()) lines.push_back(std::move(text));
  } while (more != 0 && lines.size() < kMostLines);
  return lines;
}

}  // namespace

std::vector<std::string> DisplayMinor(uint32_t minor, gss_OID mechanism) {
  return Display(minor, GSS_C_MECH_CODE, mechanism);
}

Status MechanismFailure(const char* call, OM_uint32 major, OM_uint32 minor, gss_OID mechanism) {
  Failure failure;
  failure.call = call;
  failure.major = major;
  failure.minor = minor;
  failure.proxied = Proxied();
  if (minor != 0) {
    failure.minor_messages = DisplayMinor(minor, mechanism);
    failure.minor = OwnMinor(minor);
    failure.minor_name = MinorName(failure.minor);
    if (failure.minor_name.empty()) FindMinorBehind(&failure);
  }
  failure.major_messages = Display(major, GSS_C_GSS_CODE, GSS_C_NO_OID);
  return Status::Fail(std::move(failure));
}

Status Unsupported(const char* call) {
  return Status::Refuse(kErrUnsupported,
                        std::string(call) + " is not in " + g_gss->info.path + " (" +
                            g_gss->info.implementation + " " + g_gss->info.version + ")",
                        call);
}

Status BadOid(const char* call, const std::string& text) {
  return Status::RefuseToken(GSS_S_BAD_MECH, "not an object identifier: " + text, call);
}

}  // namespace backend
}  // namespace gssapi
