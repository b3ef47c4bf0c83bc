/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_test_shared: finds a file of the shared test data.
 *
 * Returns: (transfer full) (nullable): its path; NULL after marking the running test as skipped
 */
char *sag_test_shared (const char *name);

/** sag_test_dup_folder: makes a new empty folder; sag_test_remove_folder() deletes it with all in it. */
char *sag_test_dup_folder (void);
void  sag_test_remove_folder (char *folder);

/** SagTestFolder: for g_test_add(), of tests that need nothing but a folder. */
typedef struct
{
  char *folder;
} SagTestFolder;

void sag_test_folder_set_up (SagTestFolder *fixture, gconstpointer data);
void sag_test_folder_tear_down (SagTestFolder *fixture, gconstpointer data);

/** sag_test_count_files: how many there are in @folder, temporary ones included. */
guint sag_test_count_files (const char *folder);

/** sag_test_assert_error: @error is of @domain and @code and its message holds @part; clears it. */
#define sag_test_assert_error(error, domain, code, part)                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (error, domain, code);                                                          \
    if (strstr ((error)->message, part) == NULL)                                                   \
      g_error ("\"%s\" does not say \"%s\"", (error)->message, part);                              \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
