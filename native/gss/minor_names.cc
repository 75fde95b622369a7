// Names of minor statuses. The numbers are the headers' own, by name; none is typed by hand but
// those of two tables that MIT compiles from gssapi_err_krb5.et and gssapi_err_generic.et and does
// not install.
#include <krb5.h>
#include <profile.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <vector>

#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

struct Row {
  uint32_t minor;
  const char* name;
};

#define ROW(name) {static_cast<uint32_t>(name), #name},
const Row kRows[] = {
    // errno, which MIT passes on as a minor status
    ROW(EPERM) ROW(ENOENT) ROW(EINTR) ROW(EIO) ROW(EACCES) ROW(EEXIST) ROW(ENOTDIR) ROW(EISDIR)
        ROW(EINVAL) ROW(EMFILE) ROW(ENOSPC) ROW(EROFS) ROW(ENOMEM) ROW(ECONNREFUSED) ROW(ETIMEDOUT)
            ROW(ENETUNREACH) ROW(EHOSTUNREACH)
    // krb5_err.et, k5e1_err.et, k524_err.et, kv5m_err.et, asn1_err.et: <krb5.h>
    ROW(ASN1_BAD_FORMAT) ROW(ASN1_BAD_GMTIME) ROW(ASN1_BAD_ID) ROW(ASN1_BAD_LENGTH) ROW(
        ASN1_BAD_TIMEFORMAT) ROW(ASN1_INDEF) ROW(ASN1_MISPLACED_FIELD) ROW(ASN1_MISSING_EOC)
        ROW(ASN1_MISSING_FIELD) ROW(ASN1_OMITTED) ROW(ASN1_OVERFLOW) ROW(ASN1_OVERRUN) ROW(
            ASN1_PARSE_ERROR) ROW(ASN1_TYPE_MISMATCH) ROW(KRB524_BADADDR) ROW(KRB524_BADKEY)
            ROW(KRB524_BADPRINC) ROW(KRB524_BADREALM) ROW(KRB524_DECEMPTY) ROW(KRB524_ENCFULL) ROW(
                KRB524_KRB4_DISABLED) ROW(KRB524_NOTRESP) ROW(KRB524_V4ERR) ROW(KRB5DES_BAD_KEYPAR) ROW(KRB5DES_WEAK_KEY)
                ROW(KRB5KDC_ERR_BADOPTION) ROW(KRB5KDC_ERR_BAD_PVNO) ROW(KRB5KDC_ERR_CANNOT_POSTDATE) ROW(
                    KRB5KDC_ERR_CANT_VERIFY_CERTIFICATE) ROW(KRB5KDC_ERR_CERTIFICATE_MISMATCH) ROW(KRB5KDC_ERR_CLIENT_NAME_MISMATCH)
                    ROW(KRB5KDC_ERR_CLIENT_NOTYET) ROW(KRB5KDC_ERR_CLIENT_NOT_TRUSTED) ROW(KRB5KDC_ERR_CLIENT_REVOKED) ROW(
                        KRB5KDC_ERR_C_OLD_MAST_KVNO) ROW(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN) ROW(KRB5KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED)
                        ROW(KRB5KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED) ROW(KRB5KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED) ROW(
                            KRB5KDC_ERR_DISCARD) ROW(KRB5KDC_ERR_ETYPE_NOSUPP) ROW(KRB5KDC_ERR_INCONSISTENT_KEY_PURPOSE)
                            ROW(KRB5KDC_ERR_INVALID_CERTIFICATE) ROW(KRB5KDC_ERR_INVALID_SIG) ROW(
                                KRB5KDC_ERR_KDC_NAME_MISMATCH) ROW(KRB5KDC_ERR_KDC_NOT_TRUSTED)
                                ROW(KRB5KDC_ERR_KEY_EXP) ROW(KRB5KDC_ERR_MORE_PREAUTH_DATA_REQUIRED) ROW(
                                    KRB5KDC_ERR_MUST_USE_USER2USER) ROW(KRB5KDC_ERR_NAME_EXP)
                                    ROW(KRB5KDC_ERR_NEVER_VALID) ROW(KRB5KDC_ERR_NONE) ROW(KRB5KDC_ERR_NO_ACCEPTABLE_KDF) ROW(
                                        KRB5KDC_ERR_NULL_KEY) ROW(KRB5KDC_ERR_PADATA_TYPE_NOSUPP) ROW(KRB5KDC_ERR_PATH_NOT_ACCEPTED)
                                        ROW(KRB5KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED) ROW(KRB5KDC_ERR_POLICY) ROW(
                                            KRB5KDC_ERR_PREAUTH_EXPIRED) ROW(KRB5KDC_ERR_PREAUTH_FAILED) ROW(KRB5KDC_ERR_PREAUTH_REQUIRED)
                                            ROW(KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE) ROW(KRB5KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED) ROW(
                                                KRB5KDC_ERR_REVOCATION_STATUS_UNAVAILABLE) ROW(KRB5KDC_ERR_REVOCATION_STATUS_UNKNOWN)
                                                ROW(KRB5KDC_ERR_REVOKED_CERTIFICATE) ROW(KRB5KDC_ERR_SERVER_NOMATCH) ROW(
                                                    KRB5KDC_ERR_SERVICE_EXP) ROW(KRB5KDC_ERR_SERVICE_NOTYET)
                                                    ROW(KRB5KDC_ERR_SERVICE_REVOKED) ROW(KRB5KDC_ERR_SUMTYPE_NOSUPP) ROW(
                                                        KRB5KDC_ERR_SVC_UNAVAILABLE) ROW(KRB5KDC_ERR_S_OLD_MAST_KVNO)
                                                        ROW(KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN) ROW(KRB5KDC_ERR_TGT_REVOKED) ROW(
                                                            KRB5KDC_ERR_TRTYPE_NOSUPP) ROW(KRB5KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTION)
                                                            ROW(KRB5KDC_ERR_WRONG_REALM) ROW(KRB5KRB_AP_ERR_BADADDR) ROW(
                                                                KRB5KRB_AP_ERR_BADDIRECTION) ROW(KRB5KRB_AP_ERR_BADKEYVER)
                                                                ROW(KRB5KRB_AP_ERR_BADMATCH) ROW(
                                                                    KRB5KRB_AP_ERR_BADORDER) ROW(KRB5KRB_AP_ERR_BADSEQ)
                                                                    ROW(KRB5KRB_AP_ERR_BADVERSION) ROW(
                                                                        KRB5KRB_AP_ERR_BAD_INTEGRITY) ROW(KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND)
                                                                        ROW(KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE) ROW(
                                                                            KRB5KRB_AP_ERR_ILL_CR_TKT) ROW(KRB5KRB_AP_ERR_INAPP_CKSUM)
                                                                            ROW(KRB5KRB_AP_ERR_METHOD) ROW(
                                                                                KRB5KRB_AP_ERR_MODIFIED)
                                                                                ROW(KRB5KRB_AP_ERR_MSG_TYPE) ROW(
                                                                                    KRB5KRB_AP_ERR_MUT_FAIL)
                                                                                    ROW(KRB5KRB_AP_ERR_NOKEY) ROW(
                                                                                        KRB5KRB_AP_ERR_NOT_US)
                                                                                        ROW(KRB5KRB_AP_ERR_NO_TGT) ROW(
                                                                                            KRB5KRB_AP_ERR_REPEAT)
                                                                                            ROW(KRB5KRB_AP_ERR_SKEW) ROW(
                                                                                                KRB5KRB_AP_ERR_TKT_EXPIRED)
                                                                                                ROW(KRB5KRB_AP_ERR_TKT_INVALID)
                                                                                                    ROW(KRB5KRB_AP_ERR_TKT_NYV)
                                                                                                        ROW(KRB5KRB_AP_ERR_USER_TO_USER_REQUIRED) ROW(KRB5KRB_AP_ERR_V4_REPLY) ROW(KRB5KRB_AP_PATH_NOT_ACCEPTED) ROW(KRB5KRB_AP_WRONG_PRINC) ROW(KRB5KRB_ERR_FIELD_TOOLONG) ROW(KRB5KRB_ERR_GENERIC) ROW(KRB5KRB_ERR_RESPONSE_TOO_BIG) ROW(KRB5_APPL_EXPIRED) ROW(KRB5_BADMSGTYPE) ROW(KRB5_BAD_ENCTYPE) ROW(KRB5_BAD_KEYSIZE) ROW(KRB5_BAD_MSIZE) ROW(KRB5_CCACHE_BADVNO) ROW(KRB5_CC_BADNAME) ROW(KRB5_CC_END) ROW(KRB5_CC_FORMAT) ROW(KRB5_CC_IO) ROW(KRB5_CC_NOMEM) ROW(KRB5_CC_NOSUPP) ROW(KRB5_CC_NOTFOUND) ROW(KRB5_CC_NOT_KTYPE)
                                                                                                            ROW(KRB5_CC_READONLY)
                                                                                                                ROW(KRB5_CC_TYPE_EXISTS)
                                                                                                                    ROW(KRB5_CC_UNKNOWN_TYPE)
                                                                                                                        ROW(KRB5_CC_WRITE)
                                                                                                                            ROW(KRB5_CERTAUTH_HWAUTH)
                                                                                                                                ROW(KRB5_CERTAUTH_HWAUTH_PASS) ROW(KRB5_CHPW_FAIL) ROW(
                                                                                                                                    KRB5_CHPW_PWDNULL) ROW(KRB5_CONFIG_BADFORMAT) ROW(KRB5_CONFIG_CANTOPEN) ROW(KRB5_CONFIG_ETYPE_NOSUPP) ROW(KRB5_CONFIG_NODEFREALM) ROW(KRB5_CONFIG_NOTENUFSPACE) ROW(KRB5_CRYPTO_INTERNAL) ROW(KRB5_DCC_CANNOT_CREATE) ROW(KRB5_DELTAT_BADFORMAT) ROW(KRB5_EAI_FAIL) ROW(KRB5_EAI_NODATA) ROW(KRB5_EAI_NONAME) ROW(KRB5_EAI_SERVICE) ROW(KRB5_ERR_BAD_HOSTNAME)
                                                                                                                                    ROW(KRB5_ERR_BAD_S2K_PARAMS) ROW(KRB5_ERR_FAST_REQUIRED) ROW(
                                                                                                                                        KRB5_ERR_HOST_REALM_UNKNOWN) ROW(KRB5_ERR_INVALID_UTF8) ROW(KRB5_ERR_NO_SERVICE) ROW(KRB5_ERR_NUMERIC_REALM) ROW(KRB5_ERR_RCSID) ROW(KRB5_FCC_INTERNAL) ROW(KRB5_FCC_NOFILE) ROW(KRB5_FCC_PERM) ROW(KRB5_FWD_BAD_PRINCIPAL) ROW(KRB5_GET_IN_TKT_LOOP) ROW(KRB5_INVALID_FLAGS) ROW(KRB5_IN_TKT_REALM_MISMATCH) ROW(KRB5_KCC_INVALID_ANCHOR) ROW(KRB5_KCC_INVALID_UID) ROW(KRB5_KCC_UNKNOWN_VERSION) ROW(KRB5_KCM_MALFORMED_REPLY) ROW(KRB5_KCM_NO_SERVER) ROW(KRB5_KCM_REPLY_TOO_BIG) ROW(KRB5_KCM_RPC_ERROR) ROW(KRB5_KDB_ACCESS_ERROR) ROW(KRB5_KDB_BADLOCKMODE) ROW(KRB5_KDB_BADMASTERKEY) ROW(KRB5_KDB_BADSTORED_MKEY) ROW(KRB5_KDB_BAD_CREATEFLAGS) ROW(KRB5_KDB_BAD_ENCTYPE) ROW(KRB5_KDB_BAD_SALTTYPE) ROW(KRB5_KDB_BAD_VERSION) ROW(KRB5_KDB_CANTLOCK_DB) ROW(KRB5_KDB_CANTREAD_STORED) ROW(KRB5_KDB_CONSTRAINT_VIOLATION) ROW(KRB5_KDB_DBINITED) ROW(KRB5_KDB_DBNOTINITED) ROW(KRB5_KDB_DBTYPE_INIT) ROW(KRB5_KDB_DBTYPE_MISMATCH) ROW(KRB5_KDB_DBTYPE_NOSUP) ROW(KRB5_KDB_DBTYPE_NOTFOUND) ROW(KRB5_KDB_DB_CHANGED) ROW(KRB5_KDB_DB_CORRUPT) ROW(KRB5_KDB_DB_INUSE) ROW(KRB5_KDB_ILLDIRECTION) ROW(KRB5_KDB_ILL_WILDCARD) ROW(KRB5_KDB_INTERNAL_ERROR) ROW(KRB5_KDB_INUSE) ROW(KRB5_KDB_INVALIDKEYSIZE) ROW(KRB5_KDB_KVNONOMATCH) ROW(KRB5_KDB_NOACTMASTERKEY) ROW(KRB5_KDB_NOENTRY)
                                                                                                                                        ROW(KRB5_KDB_NOMASTERKEY) ROW(
                                                                                                                                            KRB5_KDB_NOTLOCKED) ROW(KRB5_KDB_NO_MATCHING_KEY)
                                                                                                                                            ROW(KRB5_KDB_NO_PERMITTED_KEY) ROW(
                                                                                                                                                KRB5_KDB_POLICY_REF) ROW(KRB5_KDB_RCSID)
                                                                                                                                                ROW(KRB5_KDB_RECURSIVELOCK) ROW(
                                                                                                                                                    KRB5_KDB_SERVER_INTERNAL_ERR)
                                                                                                                                                    ROW(KRB5_KDB_STORED_MKEY_NOTCURRENT) ROW(KRB5_KDB_STRINGS_TOOLONG) ROW(KRB5_KDB_TRUNCATED_RECORD) ROW(KRB5_KDB_UK_RERROR) ROW(KRB5_KDB_UK_SERROR) ROW(KRB5_KDB_UNAUTH) ROW(KRB5_KDCREP_MODIFIED) ROW(KRB5_KDCREP_SKEW) ROW(KRB5_KDC_UNREACH) ROW(KRB5_KEYTAB_BADVNO) ROW(KRB5_KT_BADNAME) ROW(KRB5_KT_END) ROW(KRB5_KT_FORMAT) ROW(KRB5_KT_IOERR) ROW(KRB5_KT_KVNONOTFOUND) ROW(KRB5_KT_NAME_TOOLONG) ROW(KRB5_KT_NOTFOUND) ROW(
                                                                                                                                                        KRB5_KT_NOWRITE)
                                                                                                                                                        ROW(KRB5_KT_TYPE_EXISTS)
                                                                                                                                                            ROW(KRB5_KT_UNKNOWN_TYPE)
                                                                                                                                                                ROW(KRB5_LIBOS_BADLOCKFLAG)
                                                                                                                                                                    ROW(KRB5_LIBOS_BADPWDMATCH)
                                                                                                                                                                        ROW(KRB5_LIBOS_CANTREADPWD)
                                                                                                                                                                            ROW(KRB5_LIBOS_PWDINTR) ROW(KRB5_LIB_EXPIRED) ROW(KRB5_LNAME_BADFORMAT) ROW(KRB5_LNAME_CANTOPEN) ROW(KRB5_LNAME_NOTRANS) ROW(KRB5_LOCAL_ADDR_REQUIRED) ROW(KRB5_LOG_CONV) ROW(KRB5_LOG_CORRUPT) ROW(KRB5_LOG_ERROR) ROW(KRB5_LOG_UNSTABLE) ROW(KRB5_MUTUAL_FAILED) ROW(KRB5_NOCREDS_SUPPLIED) ROW(KRB5_NOPERM_ETYPE) ROW(KRB5_NO_2ND_TKT) ROW(KRB5_NO_LOCALNAME) ROW(KRB5_NO_TKT_IN_RLM) ROW(KRB5_NO_TKT_SUPPLIED) ROW(KRB5_OBSOLETE_FN) ROW(KRB5_PARSE_ILLCHAR) ROW(KRB5_PARSE_MALFORMED) ROW(KRB5_PLUGIN_BAD_MODULE_SPEC) ROW(KRB5_PLUGIN_NAME_NOTFOUND) ROW(KRB5_PLUGIN_NO_HANDLE) ROW(
                                                                                                                                                                                KRB5_PLUGIN_OP_NOTSUPP) ROW(KRB5_PLUGIN_VER_NOTSUPP) ROW(KRB5_PREAUTH_BAD_TYPE) ROW(KRB5_PREAUTH_FAILED) ROW(KRB5_PREAUTH_NO_KEY) ROW(KRB5_PRINC_NOMATCH)
                                                                                                                                                                                ROW(KRB5_PROG_ATYPE_NOSUPP) ROW(KRB5_PROG_ETYPE_NOSUPP) ROW(KRB5_PROG_KEYTYPE_NOSUPP) ROW(KRB5_PROG_SUMTYPE_NOSUPP) ROW(KRB5_RCACHE_BADVNO) ROW(KRB5_RC_IO) ROW(
                                                                                                                                                                                    KRB5_RC_IO_EOF) ROW(KRB5_RC_IO_IO) ROW(KRB5_RC_IO_MALLOC) ROW(KRB5_RC_IO_PERM) ROW(KRB5_RC_IO_SPACE) ROW(KRB5_RC_IO_UNKNOWN) ROW(KRB5_RC_MALLOC) ROW(KRB5_RC_NOIO) ROW(KRB5_RC_PARSE) ROW(KRB5_RC_REPLAY) ROW(KRB5_RC_REQUIRED) ROW(KRB5_RC_TYPE_EXISTS)
                                                                                                                                                                                    ROW(KRB5_RC_TYPE_NOTFOUND) ROW(KRB5_RC_UNKNOWN) ROW(KRB5_REALM_CANT_RESOLVE) ROW(KRB5_REALM_UNKNOWN) ROW(KRB5_REMOTE_ADDR_REQUIRED) ROW(
                                                                                                                                                                                        KRB5_SAM_BAD_CHECKSUM) ROW(KRB5_SAM_INVALID_ETYPE)
                                                                                                                                                                                        ROW(KRB5_SAM_NO_CHECKSUM) ROW(
                                                                                                                                                                                            KRB5_SAM_UNSUPPORTED) ROW(KRB5_SENDAUTH_BADAPPLVERS) ROW(KRB5_SENDAUTH_BADAUTHVERS) ROW(KRB5_SENDAUTH_BADRESPONSE) ROW(KRB5_SENDAUTH_REJECTED) ROW(KRB5_SERVICE_UNKNOWN)
                                                                                                                                                                                            ROW(KRB5_SNAME_UNSUPP_NAMETYPE) ROW(
                                                                                                                                                                                                KRB5_TKT_NOT_FORWARDABLE)
                                                                                                                                                                                                ROW(KRB5_TRACE_NOSUPP) ROW(
                                                                                                                                                                                                    KRB5_TRANS_BADFORMAT)
                                                                                                                                                                                                    ROW(KRB5_TRANS_CANTOPEN)
                                                                                                                                                                                                        ROW(KRB5_WRONG_ETYPE)
    // prof_err.et: <profile.h>
    ROW(PROF_ADD_NOT_SECTION) ROW(PROF_BAD_BOOLEAN) ROW(PROF_BAD_GROUP_LVL) ROW(PROF_BAD_INTEGER)
        ROW(PROF_BAD_LINK_LIST) ROW(PROF_BAD_NAMESET) ROW(PROF_BAD_PARENT_PTR) ROW(PROF_EINVAL)
            ROW(PROF_END_OF_SECTIONS) ROW(PROF_EXISTS) ROW(PROF_EXTRA_CBRACE)
                ROW(PROF_FAIL_INCLUDE_DIR) ROW(PROF_FAIL_INCLUDE_FILE) ROW(PROF_FAIL_OPEN)
                    ROW(PROF_INVALID_SECTION) ROW(PROF_MAGIC_FILE) ROW(PROF_MAGIC_FILE_DATA)
                        ROW(PROF_MAGIC_ITERATOR) ROW(PROF_MAGIC_NODE) ROW(PROF_MAGIC_NODE_ITERATOR)
                            ROW(PROF_MAGIC_PROFILE) ROW(PROF_MAGIC_SECTION) ROW(PROF_MISSING_OBRACE)
                                ROW(PROF_MODULE) ROW(PROF_MODULE_INVALID) ROW(PROF_MODULE_SYNTAX)
                                    ROW(PROF_NO_PROFILE) ROW(PROF_NO_RELATION) ROW(PROF_NO_SECTION)
                                        ROW(PROF_READ_ONLY) ROW(PROF_RELATION_SYNTAX)
                                            ROW(PROF_SECTION_NOTOP) ROW(PROF_SECTION_SYNTAX)
                                                ROW(PROF_SECTION_WITH_VALUE)
                                                    ROW(PROF_SET_SECTION_VALUE)
                                                        ROW(PROF_TOPSECTION_ITER_NOSUPP)
                                                            ROW(PROF_UNSUPPORTED) ROW(PROF_VERSION)
    // gssapi_err_krb5.et
    {39756032, "KG_CCACHE_NOMATCH"},
    {39756033, "KG_KEYTAB_NOMATCH"},
    {39756034, "KG_TGT_MISSING"},
    {39756035, "KG_NO_SUBKEY"},
    {39756036, "KG_CONTEXT_ESTABLISHED"},
    {39756037, "KG_BAD_SIGN_TYPE"},
    {39756038, "KG_BAD_LENGTH"},
    {39756039, "KG_CTX_INCOMPLETE"},
    {39756040, "KG_CONTEXT"},
    {39756041, "KG_CRED"},
    {39756042, "KG_ENC_DESC"},
    {39756043, "KG_BAD_SEQ"},
    {39756044, "KG_EMPTY_CCACHE"},
    {39756045, "KG_NO_CTYPES"},
    {39756046, "KG_LUCID_VERSION"},
    {39756047, "KG_INPUT_TOO_LONG"},
    {39756048, "KG_IAKERB_CONTEXT"},
    // gssapi_err_generic.et
    {static_cast<uint32_t>(-2045022976), "G_BAD_SERVICE_NAME"},
    {static_cast<uint32_t>(-2045022975), "G_BAD_STRING_UID"},
    {static_cast<uint32_t>(-2045022974), "G_NOUSER"},
    {static_cast<uint32_t>(-2045022973), "G_VALIDATE_FAILED"},
    {static_cast<uint32_t>(-2045022972), "G_BUFFER_ALLOC"},
    {static_cast<uint32_t>(-2045022971), "G_BAD_MSG_CTX"},
    {static_cast<uint32_t>(-2045022970), "G_WRONG_SIZE"},
    {static_cast<uint32_t>(-2045022969), "G_BAD_USAGE"},
    {static_cast<uint32_t>(-2045022968), "G_UNKNOWN_QOP"},
    {static_cast<uint32_t>(-2045022967), "G_NO_HOSTNAME"},
    {static_cast<uint32_t>(-2045022966), "G_BAD_HOSTNAME"},
    {static_cast<uint32_t>(-2045022965), "G_WRONG_MECH"},
    {static_cast<uint32_t>(-2045022964), "G_BAD_TOK_HEADER"},
    {static_cast<uint32_t>(-2045022963), "G_BAD_DIRECTION"},
    {static_cast<uint32_t>(-2045022962), "G_TOK_TRUNC"},
    {static_cast<uint32_t>(-2045022961), "G_REFLECT"},
    {static_cast<uint32_t>(-2045022960), "G_WRONG_TOKID"},
    {static_cast<uint32_t>(-2045022959), "G_CRED_USAGE_MISMATCH"},
    {static_cast<uint32_t>(-2045022958), "G_STORE_ACCEPTOR_CRED_NOSUPP"},
    {static_cast<uint32_t>(-2045022957), "G_STORE_NON_DEFAULT_CRED_NOSUPP"},
};
#undef ROW

std::vector<Row> Sorted() {
  std::vector<Row> rows(std::begin(kRows), std::end(kRows));
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.minor < b.minor; });
  return rows;
}

}  // namespace

const char* MinorName(uint32_t minor) {
  static const std::vector<Row>* rows = new std::vector<Row>(Sorted());
  auto found = std::lower_bound(rows->begin(), rows->end(), minor,
                                [](const Row& row, uint32_t value) { return row.minor < value; });
  return found != rows->end() && found->minor == minor ? found->name : "";
}

const std::vector<uint32_t>& NamedMinors() {
  static const std::vector<uint32_t>* minors = [] {
    auto* all = new std::vector<uint32_t>;
    for (const Row& row : Sorted()) {
      if (all->empty() || all->back() != row.minor) all->push_back(row.minor);
    }
    return all;
  }();
  return *minors;
}

}  // namespace backend
}  // namespace gssapi
