/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the file: {"at":SECONDS,"bundles":["SHA-256",...]}. Lines that are none of ours are left alone. */
#include "model/evaluate/looks.h"

#include "model/core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MOST_BYTES (16 << 20)
#define START "{\"at\":"
#define SHA256_LETTERS 64

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
sag_looks_dup_hash (const SagEvaluation *evaluation)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) scans = g_ptr_array_new ();
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize i = 0; i < sag_evaluation_get_counts (evaluation)->n_rows; i++)
    {
      char *scan = sag_evaluation_get_row (evaluation, i)->sample->image;

      if (g_hash_table_add (seen, scan))
        g_ptr_array_add (scans, scan);
    }
  g_ptr_array_sort (scans, compare_strings);
  for (guint i = 0; i < scans->len;
       i++) /* with the zero at the end, so that none runs into the next */
    g_checksum_update (sum, scans->pdata[i], (gssize) strlen (scans->pdata[i]) + 1);
  return g_strdup (g_checksum_get_string (sum));
}

char *
sag_looks_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "sagitta", "holdouts", NULL);
}

static void
count_bundles (const char *line, GHashTable *bundles)
{
  g_auto (GStrv) words = g_strsplit (line, "\"", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    if (strlen (words[i]) == SHA256_LETTERS)
      g_hash_table_add (bundles, g_strdup (words[i]));
}

static void
count (const char *text, SagLooks *looks)
{
  g_autoptr (GHashTable) bundles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  *looks = (SagLooks){ 0 };
  for (gsize i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], START))
      {
        if (looks->n++ == 0)
          looks->first_at = g_ascii_strtoll (lines[i] + strlen (START), NULL, 10);
        count_bundles (lines[i], bundles);
      }
  looks->n_bundles = g_hash_table_size (bundles);
}

static gboolean
append (const char *path, const char *line, GError **error)
{
  int      fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && flock (fd, LOCK_EX) == 0 &&
                  write (fd, line, strlen (line)) == (gssize) strlen (line);
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "It could not be written down that this hold-out was looked at: %s.",
                 g_strerror (code));
  return done;
}

static char *
dup_line (gint64 now, const char *const *bundles, gsize n_bundles)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line, START "%" G_GINT64_FORMAT ",\"bundles\":[", now);
  for (gsize b = 0; b < n_bundles; b++)
    g_string_append_printf (line, "%s\"%s\"", b > 0 ? "," : "", bundles[b]);
  g_string_append (line, "]}\n");
  return g_string_free (line, FALSE);
}

gboolean
sag_looks_note (const char        *folder,
                const char        *hash,
                const char *const *bundles,
                gsize              n_bundles,
                SagLooks          *looks,
                GError           **error)
{
  g_autofree char *own = folder != NULL ? g_strdup (folder) : sag_looks_dup_folder ();
  g_autofree char *name = g_strconcat (hash, ".jsonl", NULL);
  g_autofree char *path = g_build_filename (own, name, NULL);
  gint64           now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *line = dup_line (now, bundles, n_bundles);
  g_autofree char *text = NULL;

  *looks = (SagLooks){ 0 };
  g_mkdir_with_parents (own, 0700);
  if (!append (path, line, error))
    return FALSE;
  text = sag_file_load (path, MOST_BYTES, NULL, error);
  if (text == NULL)
    return FALSE;
  count (text, looks);
  return TRUE;
}

char *
sag_looks_dup_sentence (const SagLooks *looks)
{
  if (looks->n == 0)
    return g_strdup ("How often these cases were looked at is not known: it could not be written "
                     "down.");
  if (looks->n == 1)
    return g_strdup ("This is the first look at these cases.");
  return g_strdup_printf (
    "These cases were looked at %u times, with %u %s. Whoever chooses a model by them makes their "
    "figures too good; keep some that nobody has looked at.",
    looks->n, looks->n_bundles, looks->n_bundles == 1 ? "bundle" : "bundles");
}
