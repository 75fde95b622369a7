// MIT's DB2 database, which knows no delegation, with rules for the resource-based kind: a module of krb5kdc, as a site may
// write one. A line "TARGET SERVICE" of the file `delegation` beside kdc.conf lets SERVICE come to TARGET in its users' names.
#include <dlfcn.h>
#include <kdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

kdb_vftabl kdb_function_table;

static FILE* OpenRules(void) {
  char path[4096];
  const char* profile = getenv("KRB5_KDC_PROFILE");
  const char* slash = profile == NULL ? NULL : strrchr(profile, '/');
  if (slash == NULL) return NULL;
  snprintf(path, sizeof(path), "%.*s/delegation", (int)(slash - profile), profile);
  return fopen(path, "r");
}

static int Allows(const char* target, const char* service) {
  char line_target[512];
  char line_service[512];
  int found = 0;
  FILE* rules = OpenRules();
  if (rules == NULL) return 0;
  while (!found && fscanf(rules, "%511s %511s", line_target, line_service) == 2) {
    found = strcmp(line_target, target) == 0 && strcmp(line_service, service) == 0;
  }
  fclose(rules);
  return found;
}

static krb5_error_code AllowedFrom(krb5_context context, krb5_const_principal client,
                                   krb5_const_principal server, krb5_pac server_pac,
                                   const krb5_db_entry* proxy) {
  char* service = NULL;
  char* target = NULL;
  int allowed = krb5_unparse_name(context, server, &service) == 0 &&
                krb5_unparse_name(context, proxy->princ, &target) == 0 && Allows(target, service);
  krb5_free_unparsed_name(context, service);
  krb5_free_unparsed_name(context, target);
  return allowed ? 0 : KRB5KDC_ERR_BADOPTION;
}

__attribute__((constructor)) static void TakeDb2(void) {
  void* db2 = dlopen(DB2, RTLD_NOW);
  kdb_vftabl* table = db2 == NULL ? NULL : dlsym(db2, "kdb_function_table");
  if (table == NULL) return;
  kdb_function_table = *table;
  kdb_function_table.allowed_to_delegate_from = AllowedFrom;
}
