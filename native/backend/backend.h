// Long because: it is one contract, in the order of both twins.
// THE interface of a platform. native/gss implements it over libgssapi_krb5, native/sspi over SSPI.
// Standard headers only. Vocabulary and numbers are RFC 2743's and RFC 2744's; a platform
// translates.
//
// Threads: any thread may call, one call at a time on one Context. Names and credentials are used
// by several contexts at once: both platforms lock theirs. Nothing here touches JavaScript.
#ifndef NATIVE_BACKEND_BACKEND_H_
#define NATIVE_BACKEND_BACKEND_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "secret.h"
#include "status.h"

namespace gssapi {
namespace backend {

struct Name;  // each platform defines these three in its handles.h
struct Credential;
struct Context;
using NamePtr = std::shared_ptr<Name>;
using CredentialPtr = std::shared_ptr<Credential>;
using ContextPtr = std::shared_ptr<Context>;

inline constexpr uint32_t kIndefinite = 0xffffffff;  // GSS_C_INDEFINITE

// RFC 2744 §3.9.1, for what this library answers in a mechanism's place.
inline constexpr uint32_t kDefectiveToken = 9U << 16;
inline constexpr uint32_t kNoContext = 8U << 16;
inline constexpr uint32_t kFailureMajor = 13U << 16;

// ---------------------------------------------------------------- library

struct LibraryInfo {
  std::string backend;         // gssapi, sspi
  std::string implementation;  // mit, heimdal, apple, windows, wine
  std::string version;
  std::string path;
  std::vector<std::string> features;
};

// Chooses the library's file, before it is loaded; later only the same file is accepted.
Status SelectLibrary(const std::string& path);
// Loads it once per process; every other function does so first.
Status LoadLibrary();
Status DescribeLibrary(LibraryInfo* info);
// Has `stop` called at the end of the process, before the library's own destructors run, where
// other threads still run at that moment.
void AtProcessEnd(void (*stop)());
// On a thread of JavaScript's, before it makes threads of ours: what they must all have from it.
void BeforeThreads();

// The process's environment, as the library itself reads it: JavaScript has a copy of it in a
// worker thread, and wherever somebody put another object in process.env's place.
using Variable = std::optional<std::string>;  // none: it is not set
Status ReadVariable(const std::string& name, Variable* value);
// Writes it where it still is as expected. As with every setenv, nobody may read meanwhile: no call
// runs.
Status SwapVariable(const std::string& name, const Variable& expected, const Variable& value,
                    bool* swapped);

// ---------------------------------------------------------------- mechanisms

struct MechanismInfo {
  std::string oid;
  std::string name;  // RFC 5801 §10.1; empty where the library does not say
  std::string description;
  std::string sasl_name;
  std::vector<std::string> attributes;  // RFC 5587, as OIDs
};

// RFC 5587 3.4.1: mechanisms that have all of `desired` and none of `except`, and know what each of
// `critical` means. Attributes are OIDs in text.
struct MechanismFilter {
  std::vector<std::string> desired;
  std::vector<std::string> except;
  std::vector<std::string> critical;

  bool empty() const { return desired.empty() && except.empty() && critical.empty(); }
};

struct MechanismDetails {
  MechanismInfo info;
  std::vector<std::string> known_attributes;  // OIDs, had or not
  std::vector<std::string> name_types;        // OIDs
};

struct AttributeText {
  std::string name;  // GSS_C_MA_MECH_CONCRETE
  std::string short_description;
  std::string long_description;
};

// An inquiry tolerates a mechanism that cannot answer it: what the mechanism did not say is empty.
Status IndicateMechanisms(const MechanismFilter& filter, std::vector<MechanismInfo>* mechanisms);
Status DescribeMechanism(const std::string& mechanism, MechanismDetails* details);
Status DescribeAttribute(const std::string& attribute, AttributeText* text);
Status MechanismOfSaslName(const std::string& sasl_name, std::string* mechanism);

// ---------------------------------------------------------------- names

// `type` is a name-type OID in text; empty for GSS_C_NO_OID.
Status ImportName(Bytes value, const std::string& type, NamePtr* name);
Status DisplayName(const Name& name, std::string* text, std::string* type);
Status CompareNames(const Name& one, const Name& other, bool* equal);
Status CanonicalizeName(const Name& name, const std::string& mechanism, NamePtr* result);
Status ExportName(const Name& name, std::vector<uint8_t>* token);
Status LocalName(const Name& name, const std::string& mechanism, std::string* local);
// As text of the name type `type`, an OID.
Status DisplayNameAs(const Name& name, const std::string& type, std::string* text);
// Whether the user of this machine that `user` names may be acted as by `name`.
Status AuthorizeLocalName(const Name& name, const Name& user, bool* authorized);
Status MechanismsForName(const Name& name, std::vector<std::string>* mechanisms);

// ---------------------------------------------------------------- names' attributes (RFC 6680)

struct NameFacts {
  bool of_mechanism = false;
  std::string mechanism;  // an OID; empty where it is of none
  std::vector<std::string> attributes;
};

struct AttributeValue {
  std::vector<uint8_t> value;
  std::string display;  // for people, mostly empty
};

struct NameAttribute {
  bool authenticated = true;  // every value
  bool complete = true;
  std::vector<AttributeValue> values;
};

Status InquireName(const Name& name, NameFacts* facts);
Status GetNameAttribute(const Name& name, const std::string& attribute, NameAttribute* found);
Status SetNameAttribute(Name* name, const std::string& attribute, bool complete, Bytes value);
Status DeleteNameAttribute(Name* name, const std::string& attribute);
Status ExportCompositeName(const Name& name, std::vector<uint8_t>* token);

// ---------------------------------------------------------------- credentials

enum class Usage : uint32_t { kBoth = 0, kInitiate = 1, kAccept = 2 };  // GSS_C_BOTH ...

// What of the process's environment names tickets and keys; empty where it does not.
struct Environment {
  std::string ccache;         // KRB5CCNAME
  std::string keytab;         // KRB5_KTNAME
  std::string client_keytab;  // KRB5_CLIENT_KTNAME
};

struct CredentialRequest {
  NamePtr name;  // null: the default
  Usage usage = Usage::kInitiate;
  std::vector<std::string> mechanisms;  // empty: the platform's choice
  uint32_t lifetime = kIndefinite;      // seconds wanted
  std::vector<std::pair<std::string, Secret>> store;
  // Keys that were given as bytes, for the keytabs of those names in `store`; as
  // src/encoding/keytab.ts packs them.
  std::vector<Secret> keytabs;
  Secret password;
  std::string domain;
  Environment environment;  // at the moment of the call
};

struct CredentialFacts {
  NamePtr name;
  Usage usage = Usage::kInitiate;
  bool lifetime_known = false;
  uint32_t lifetime = 0;
  uint32_t initiator_lifetime = 0;
  uint32_t acceptor_lifetime = 0;
  std::vector<std::string> mechanisms;
};

// As the library's own getenv sees it: on the thread of the call, which alone may change it.
Environment ReadEnvironment();
Status AcquireCredential(const CredentialRequest& request, CredentialPtr* credential,
                         CredentialFacts* facts);
Status InquireCredential(const Credential& credential, const std::string& mechanism,
                         CredentialFacts* facts);

// How calls at the same time use one credential: as they like; one at a time, since the library
// locks it for as long as a KDC takes, or more where each further one uses a copy; one at a time.
enum class Sharing { kFree, kByCopies, kAlone };
Sharing SharingOf(const Credential& credential);

// ---------------------------------------------------------------- credentials made of others

// A credential for `request.name`, obtained with `impersonator`'s own (S4U2Self).
Status ImpersonateName(const Credential& impersonator, const CredentialRequest& request,
                       CredentialPtr* credential, CredentialFacts* facts);
// All of `base` and one element more, of the request's one mechanism; `base` stays as it is.
// `impersonator` may be null.
Status AddCredential(const Credential& base, const CredentialPtr& impersonator,
                     const CredentialRequest& request, CredentialPtr* credential,
                     CredentialFacts* facts);

// ---------------------------------------------------------------- credentials elsewhere

struct StoreRequest {
  Usage usage = Usage::kInitiate;
  std::string mechanism;  // empty: all that the credential has
  bool overwrite = false;
  bool make_default = false;
  std::vector<std::pair<std::string, Secret>> store;  // empty: the platform's default
};

struct Stored {
  Usage usage = Usage::kInitiate;
  std::vector<std::string> mechanisms;
};

Status StoreCredential(const Credential& credential, const StoreRequest& request, Stored* stored);
// A credential as bytes, and where it looks where it has left open whose it is: the collection of
// caches, then elements of a store, key and value by turns, none of them a secret. Else `places` is
// empty.
Status ExportCredential(const Credential& credential, Secret* token,
                        std::vector<std::string>* places);
// `token` is trusted: src/encoding/envelope.ts has compared its digest. A damaged token
// crashes the library.
Status ImportCredential(const Secret& token, CredentialPtr* credential);
// Has an imported `credential` look there, and not in this process's environment.
void LeaveOpen(Credential* credential, Usage usage, const std::vector<std::string>& mechanisms,
               const std::vector<std::string>& places);

// ---------------------------------------------------------------- options of credentials

// What SPNEGO may negotiate with this credential. Refused while a call uses it.
Status SetNegotiableMechanisms(Credential* credential, const std::vector<std::string>& mechanisms);
// gss_set_cred_option. Refused while a call uses it, and where the option's value is a pointer.
Status SetCredentialOption(Credential* credential, const std::string& oid, Bytes value);
// RFC 3961's numbers; none: all that the platform permits. Refused while a call uses it.
Status SetEnctypes(Credential* credential, const std::vector<int32_t>& enctypes);
Status InquireCredentialByOid(const Credential& credential, const std::string& oid,
                              std::vector<Secret>* values);

// ---------------------------------------------------------------- ticket caches

// Renews the ticket of cache `from` at the KDC, into cache `to`, which becomes that ticket's alone.
Status RenewTicket(const std::string& from, const std::string& to);
Status DestroyTicketCache(const std::string& name);

// ---------------------------------------------------------------- passwords

struct PasswordChange {
  std::string user;
  std::string domain;
  Secret old_password;
  Secret new_password;
};

// A service's refusal of the new password is a failure with `kErrPasswordRefused`.
Status ChangePassword(const PasswordChange& change);

// ---------------------------------------------------------------- contexts

struct Bindings {
  bool present = false;
  uint32_t initiator_type = 0;  // GSS_C_AF_*
  uint32_t acceptor_type = 0;
  std::vector<uint8_t> initiator_address;
  std::vector<uint8_t> acceptor_address;
  std::vector<uint8_t> application_data;
};

struct ContextRequest {
  bool initiator = false;
  CredentialPtr credential;  // null: the default
  NamePtr target;            // an initiator's
  std::string mechanism;     // an initiator's; empty: krb5
  uint32_t flags = 0;        // GSS_C_*_FLAG, an initiator's
  uint32_t lifetime = 0;     // seconds wanted; 0: the default
  Bindings bindings;
  // OIDs that SPNEGO may choose, as far as the platform can be told; none: not limited.
  std::vector<std::string> negotiable;
};

struct ContextFacts {
  bool complete = false;
  uint32_t flags = 0;     // GSS_C_*_FLAG granted
  uint32_t lifetime = 0;  // seconds left when the step ended
  std::string mechanism;  // OID; empty while not known
  CredentialPtr delegated;
};

Status NewContext(ContextRequest request, ContextPtr* context);
// One token in, at most one out. An empty `token` begins an initiator.
Status StepContext(Context* context, Bytes token, std::vector<uint8_t>* reply, ContextFacts* facts);
Status ContextLifetime(Context* context, uint32_t* lifetime);
// Who is who; null where the mechanism does not say. Apart from the step, since it costs a fifth of
// one.
Status InquireNames(Context* context, NamePtr* initiator, NamePtr* acceptor);
Status InquireContextByOid(Context* context, const std::string& oid, std::vector<Secret>* values);

// ---------------------------------------------------------------- contexts elsewhere

// The context as bytes, all its keys among them; it has ended where this succeeds.
Status ExportContext(Context* context, Secret* token);
// `token` is trusted: the library reads a damaged one by unchecked lengths.
Status ImportContext(const Secret& token, ContextPtr* context, ContextFacts* facts);
bool IsInitiator(const Context& context);
// `context` is new, and becomes the one that was exported before it was established.
Status ResumeContext(Context* context, const Secret& token, const std::string& mechanism);

// ---------------------------------------------------------------- options of contexts

// A token that is for the context itself, no message (RFC 2743 2.2.4).
Status ProcessContextToken(Context* context, Bytes token);
Status SetContextOption(Context* context, const std::string& oid, Bytes value);

// ---------------------------------------------------------------- what Kerberos knows of a context

struct LucidKey {
  uint32_t type = 0;  // RFC 3961's number
  Secret key;
};

struct LucidContext {
  bool initiator = false;
  uint32_t end_time = 0;  // seconds since 1970
  uint64_t send_sequence = 0;
  uint64_t receive_sequence = 0;
  uint32_t protocol = 0;  // 0: RFC 1964, 1: RFC 4121
  uint32_t sign_algorithm = 0;
  uint32_t seal_algorithm = 0;
  LucidKey key;
  bool has_acceptor_subkey = false;
  LucidKey acceptor_subkey;
};

// RFC 4120 5.3's flags, the first of them in the highest bit.
Status ContextTicketFlags(Context* context, uint32_t* flags);
// Seconds since 1970.
Status ContextAuthTime(Context* context, int64_t* seconds);
// All elements of one type (RFC 4120 7.5.4), at least 1; none where there are none.
Status ContextAuthorizationData(Context* context, uint32_t type, std::vector<Secret>* elements);
// The context has ended where this succeeds.
Status ExportLucidContext(Context* context, LucidContext* lucid);

// ---------------------------------------------------------------- messages

// Bits of MessageResult::sequence: RFC 2744's supplementary status bits.
inline constexpr uint32_t kDuplicate = 2;
inline constexpr uint32_t kOld = 4;
inline constexpr uint32_t kUnsequenced = 8;
inline constexpr uint32_t kGap = 16;

struct MessageResult {
  size_t offset = 0;  // where in the output the message begins
  size_t size = 0;
  bool confidential = false;
  uint32_t qop = 0;
  uint32_t sequence = 0;
};

// The most that a wrapped message, a MIC, or an unwrapped message needs. Constant after
// establishment, so it may be asked at any time.
size_t WrapBound(const Context& context, bool confidential, size_t message_size);
size_t MicBound(const Context& context);
size_t UnwrapBound(const Context& context, Bytes token);

// `out` holds at least the bound. Neither message nor token is changed. A confidential message that
// the mechanism would not encrypt is a failure.
Status Wrap(Context* context, bool confidential, uint32_t qop, Bytes message, MutableBytes out,
            size_t* written);
// The token is copied first, so that it may overlap `out`, which is written only on success.
Status Unwrap(Context* context, Bytes token, MutableBytes out, MessageResult* result);
// `buffer` holds the token and afterwards the message, at result->offset.
Status UnwrapInPlace(Context* context, MutableBytes buffer, MessageResult* result);
Status GetMic(Context* context, uint32_t qop, Bytes message, MutableBytes out, size_t* written);
Status VerifyMic(Context* context, Bytes message, Bytes mic, MessageResult* result);
Status WrapSizeLimit(Context* context, bool confidential, uint32_t qop, uint32_t max_token_size,
                     uint32_t* max_message_size);

// ---------------------------------------------------------------- messages in parts

enum class IovType : uint32_t {  // GSS_IOV_BUFFER_TYPE_*
  kEmpty = 0,
  kData = 1,
  kHeader = 2,
  kTrailer = 7,
  kPadding = 9,
  kStream = 10,
  kSignOnly = 11,
  kMic = 12,
};

// One part of a message, in the caller's memory; after a call, what of that memory is used.
struct IovPart {
  IovType type = IovType::kEmpty;
  MutableBytes bytes;
};
using IovParts = std::vector<IovPart>;

// At most one header, padding and trailer each. No two parts share memory, unless both are read
// only.

// The sizes of header, padding and trailer, at most, for data of these sizes.
Status WrapIovLength(Context* context, bool confidential, uint32_t qop, IovParts* parts);
// In place. kErrOutOfRange where header, padding or trailer is too small, and nothing is consumed.
Status WrapIov(Context* context, bool confidential, uint32_t qop, IovParts* parts);
// In place. A stream's data has no memory of its own: it comes back inside the stream. The header
// is left as it is. On failure data and stream are overwritten: nothing unverified stays there.
Status UnwrapIov(Context* context, IovParts* parts, MessageResult* result);
// `out` holds at least MicBound. The parts are data and sign-only, and read only.
Status GetMicIov(Context* context, uint32_t qop, const IovParts& parts, MutableBytes out,
                 size_t* written);
Status VerifyMicIov(Context* context, const IovParts& parts, Bytes mic, MessageResult* result);

// ---------------------------------------------------------------- pseudo-random function

// RFC 4401: `out` is filled. `partial`: with the key that the initiator chose, known before the
// context is complete.
Status PseudoRandom(Context* context, bool partial, Bytes input, MutableBytes out);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_BACKEND_BACKEND_H_
