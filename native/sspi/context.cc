#include <algorithm>
#include <cstdlib>

#include "clock.h"
#include "credential.h"
#include "failure.h"
#include "flags.h"
#include "name.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kInitiate[] = "InitializeSecurityContextW";
constexpr char kAccept[] = "AcceptSecurityContext";
constexpr uint32_t kNoCred = 7U << 16;  // RFC 2744 3.9.1

// An acceptor asks for nothing that the initiator must give; this is what it is able to do.
constexpr unsigned long kAcceptorAsks = ASC_REQ_DELEGATE | ASC_REQ_REPLAY_DETECT |
                                        ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |
                                        ASC_REQ_INTEGRITY | ASC_REQ_EXTENDED_ERROR;

// SEC_CHANNEL_BINDINGS: the structure, and behind it the bytes that it points at by offsets.
class ChannelBindings {
 public:
  explicit ChannelBindings(const Bindings& from) {
    if (!from.present) return;
    SEC_CHANNEL_BINDINGS head = {};
    bytes_.resize(sizeof(head));
    head.dwInitiatorAddrType = from.initiator_type;
    head.dwInitiatorOffset = Append(from.initiator_address, &head.cbInitiatorLength);
    head.dwAcceptorAddrType = from.acceptor_type;
    head.dwAcceptorOffset = Append(from.acceptor_address, &head.cbAcceptorLength);
    head.dwApplicationDataOffset = Append(from.application_data, &head.cbApplicationDataLength);
    memcpy(bytes_.data(), &head, sizeof(head));
  }
  bool present() const { return !bytes_.empty(); }
  SecBuffer buffer() {
    return {static_cast<unsigned long>(bytes_.size()), SECBUFFER_CHANNEL_BINDINGS, bytes_.data()};
  }

 private:
  unsigned long Append(const std::vector<uint8_t>& part, unsigned long* length) {
    auto offset = static_cast<unsigned long>(bytes_.size());
    bytes_.insert(bytes_.end(), part.begin(), part.end());
    *length = static_cast<unsigned long>(part.size());
    return offset;
  }
  std::vector<uint8_t> bytes_;
};

// The buffers of one step: the peer's token and the bindings in, room for a token out.
class StepBuffers {
 public:
  StepBuffers(Context* context, Bytes token)
      : bindings_(context->request.bindings), reply_(context->max_token) {
    if (token.size != 0) {
      parts_[in_.cBuffers++] = {static_cast<unsigned long>(token.size), SECBUFFER_TOKEN,
                                const_cast<uint8_t*>(token.data)};
      if (!bindings_.present()) parts_[in_.cBuffers++] = {0, SECBUFFER_EMPTY, nullptr};
    }
    if (bindings_.present()) parts_[in_.cBuffers++] = bindings_.buffer();
    out_part_ = {static_cast<unsigned long>(reply_.size()), SECBUFFER_TOKEN, reply_.data()};
  }
  StepBuffers(const StepBuffers&) = delete;
  StepBuffers& operator=(const StepBuffers&) = delete;

  SecBufferDesc* in() { return in_.cBuffers == 0 ? nullptr : &in_; }
  SecBufferDesc* out() { return &out_; }
  bool untouched() const { return out_part_.cbBuffer == reply_.size(); }
  std::vector<uint8_t> reply() const {
    size_t size = std::min<size_t>(out_part_.cbBuffer, reply_.size());
    return {reply_.begin(), reply_.begin() + static_cast<ptrdiff_t>(size)};
  }

 private:
  ChannelBindings bindings_;
  // SSPI could allocate it; but of cbMaxToken is right everywhere.
  // Quirk(wine): 8.0 knows no ISC_REQ_ALLOCATE_MEMORY.
  std::vector<uint8_t> reply_;
  SecBuffer parts_[2] = {};
  SecBuffer out_part_ = {};
  SecBufferDesc in_ = {SECBUFFER_VERSION, 0, parts_};
  SecBufferDesc out_ = {SECBUFFER_VERSION, 1, &out_part_};
};

// Input that never reaches the package.
Status Refuse(const Context* context, Bytes token) {
  const char* call = context->request.initiator ? kInitiate : kAccept;
  if (context->failed) {
    return Status::RefuseToken(kNoContext, "this context failed earlier: begin a new one", call);
  }
  if (context->complete) {
    return Status::Refuse(kErrAlreadyEstablished, "the context is already established", call);
  }
  bool begins = context->request.initiator && !context->started;
  if (begins && token.size != 0) {
    return Status::RefuseToken(kDefectiveToken, "an initiator's first step takes no token", call);
  }
  // Negotiate, asked by no token, offers its packages (MS-SPNG 3.2.5.2).
  bool speaks_first = !context->request.initiator && !context->started;
  if (!begins && !speaks_first && token.size == 0) {
    return Status::RefuseToken(kDefectiveToken, "the peer's token is empty", call);
  }
  Status size = CheckSize(token.size, call);
  if (!size.ok()) return size;
  // Quirk(wine): 8.0 ignores channel bindings, and a context that looks bound is worse than none.
  if (g_sspi->wine && context->request.bindings.present) {
    return Unsupported(call, "Wine ignores channel bindings");
  }
  return Status::Ok();
}

Status AskMaxToken(Context* context) {
  std::wstring package = ToWide(context->package);
  ContextBuffer<SecPkgInfoW> info;
  Status status = Check("QuerySecurityPackageInfoW",
                        Table()->QuerySecurityPackageInfoW(Mutable(package), info.out()));
  if (status.ok()) context->max_token = info->cbMaxToken;
  return status;
}

// What the first step needs: the package, its credential, the size of its tokens.
Status Prepare(Context* context, Bytes token) {
  if (context->started) return Status::Ok();
  bool initiator = context->request.initiator;
  if (!initiator) context->package = PackageOfToken(token);
  Status status = AskMaxToken(context);
  if (!status.ok()) return status;
  context->credential = context->request.credential;
  if (context->credential == nullptr) {
    Usage usage = initiator ? Usage::kInitiate : Usage::kAccept;
    status = AcquireDefault(context->package, usage, &context->credential);
    if (!status.ok()) return status;
  }
  if (HandleOf(*context->credential, context->package, initiator) != nullptr) return status;
  return Status::RefuseToken(kNoCred, "the credential is not for this use of " + context->package,
                             initiator ? kInitiate : kAccept);
}

SECURITY_STATUS InitiateStep(Context* context, StepBuffers* buffers, unsigned long* attributes) {
  return Table()->InitializeSecurityContextW(
      HandleOf(*context->credential, context->package, true), context->handle.get(),
      Mutable(context->target), RequestedFlags(context->request.flags), 0, SECURITY_NATIVE_DREP,
      buffers->in(), 0, context->handle.out(), buffers->out(), attributes, &context->expiry);
}

SECURITY_STATUS AcceptStep(Context* context, StepBuffers* buffers, unsigned long* attributes) {
  return Table()->AcceptSecurityContext(HandleOf(*context->credential, context->package, false),
                                        context->handle.get(), buffers->in(), kAcceptorAsks,
                                        SECURITY_NATIVE_DREP, context->handle.out(), buffers->out(),
                                        attributes, &context->expiry);
}

// Some packages leave the last touch to the token to a call of its own.
SECURITY_STATUS Complete(Context* context, StepBuffers* buffers, SECURITY_STATUS status) {
  if (status != SEC_I_COMPLETE_NEEDED && status != SEC_I_COMPLETE_AND_CONTINUE) return status;
  if (Table()->CompleteAuthToken == nullptr) return SEC_E_UNSUPPORTED_FUNCTION;
  SECURITY_STATUS completed = Table()->CompleteAuthToken(context->handle.get(), buffers->out());
  if (completed != SEC_E_OK) return completed;
  return status == SEC_I_COMPLETE_NEEDED ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

// The peer is told where the package made a token for it and says so (extended error).
Status Fail(Context* context, SECURITY_STATUS status, unsigned long attributes,
            const StepBuffers& buffers) {
  bool initiator = context->request.initiator;
  unsigned long told = initiator ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR;
  Status failure = PackageFailure(initiator ? kInitiate : kAccept, status);
  if ((attributes & told) != 0 && !buffers.untouched()) failure.failure().token = buffers.reply();
  context->failed = true;
  context->handle.Reset();
  return failure;
}

// The package that a negotiation chose, or the one that was asked for.
std::string NegotiatedPackage(Context* context) {
  SecPkgContext_NegotiationInfoW negotiated = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_NEGOTIATION_INFO,
                                       &negotiated) == SEC_E_OK &&
      negotiated.PackageInfo != nullptr) {
    ContextBuffer<SecPkgInfoW> info(negotiated.PackageInfo);
    if (info->Name != nullptr) return ToUtf8(info->Name);
  }
  SecPkgContext_PackageInfoW used = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_PACKAGE_INFO, &used) ==
          SEC_E_OK &&
      used.PackageInfo != nullptr) {
    ContextBuffer<SecPkgInfoW> info(used.PackageInfo);
    if (info->Name != nullptr) return ToUtf8(info->Name);
  }
  return context->package;
}

void AskExpiry(Context* context) {
  SecPkgContext_Lifespan lifespan = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_LIFESPAN, &lifespan) ==
      SEC_E_OK) {
    context->expiry = lifespan.tsExpiry;
  }
}

// The calling thread acts as the context's initiator for as long as this lives.
class Impersonation {
 public:
  explicit Impersonation(Context* context) : handle_(context->handle.get()) {
    began_ = Table()->ImpersonateSecurityContext != nullptr &&
             Table()->ImpersonateSecurityContext(handle_) == SEC_E_OK;
  }
  ~Impersonation() {
    if (!began_) return;
    if (Table()->RevertSecurityContext(handle_) == SEC_E_OK) return;
    // Other work must never run on this thread in the initiator's name.
    if (SetThreadToken(nullptr, nullptr) == 0) std::abort();
  }
  Impersonation(const Impersonation&) = delete;
  Impersonation& operator=(const Impersonation&) = delete;
  bool began() const { return began_; }

 private:
  SecHandle* handle_;
  bool began_ = false;
};

// A delegated credential is the default one of the thread that acts as the initiator.
void TakeDelegated(Context* context, ContextFacts* facts) {
  if (context->request.initiator || (context->flags & kDelegation) == 0) return;
  Impersonation initiator(context);
  if (!initiator.began()) return;
  CredentialPtr delegated;
  Status status = AcquireDefault(context->package, Usage::kInitiate, &delegated);
  if (status.ok()) facts->delegated = std::move(delegated);
}

Status Establish(Context* context, ContextFacts* facts) {
  static constexpr char kQuery[] = "QueryContextAttributesW";
  Status status = Check(kQuery, Table()->QueryContextAttributesW(
                                    context->handle.get(), SECPKG_ATTR_SIZES, &context->sizes));
  if (!status.ok()) {
    context->failed = true;
    context->handle.Reset();
    return status;
  }
  context->negotiated = NegotiatedPackage(context);
  context->local_expiry = TellsLocalTime(context->negotiated);
  context->complete = true;
  context->flags |= kProtectionReady;
  // Bindings that differ, or that the initiator left out, were refused.
  if (!context->request.initiator && context->request.bindings.present) {
    context->flags |= kChannelBound;
  }
  AskExpiry(context);
  TakeDelegated(context, facts);
  facts->complete = true;
  facts->mechanism = MechanismOf(context->negotiated);
  return status;
}

}  // namespace

Status NewContext(ContextRequest request, ContextPtr* context) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  auto result = std::make_shared<Context>();
  if (request.initiator) {
    result->package = PackageOf(request.mechanism.empty() ? kKrb5Oid : request.mechanism);
    if (result->package.empty()) return BadMechanism(kInitiate, request.mechanism);
    result->target = ToWide(TargetText(*request.target));
  }
  result->request = std::move(request);
  *context = std::move(result);
  return status;
}

Status StepContext(Context* context, Bytes token, std::vector<uint8_t>* reply,
                   ContextFacts* facts) {
  Status refused = Refuse(context, token);
  if (!refused.ok()) return refused;
  Status prepared = Prepare(context, token);
  context->started = true;
  if (!prepared.ok()) {
    context->failed = true;
    return prepared;
  }
  StepBuffers buffers(context, token);
  unsigned long attributes = 0;
  bool begins = !context->handle.valid();
  SECURITY_STATUS status = context->request.initiator ? InitiateStep(context, &buffers, &attributes)
                                                      : AcceptStep(context, &buffers, &attributes);
  // A first call that fails makes no context, whatever stands in the handle now.
  if (status < 0 && begins) Invalidate(context->handle.out());
  if (status >= 0) status = Complete(context, &buffers, status);
  if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
    return Fail(context, status, attributes, buffers);
  }
  *reply = buffers.reply();
  context->flags = GrantedFlags(context, attributes);
  facts->mechanism = MechanismOf(context->package);
  Status established = status == SEC_E_OK ? Establish(context, facts) : Status::Ok();
  facts->flags = context->flags;
  facts->lifetime = SecondsUntil(context->expiry, context->local_expiry);
  return established;
}

}  // namespace backend
}  // namespace gssapi
