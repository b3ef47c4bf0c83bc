/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/manifest.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dataset/rows.h"

#include <math.h>
#include <string.h>

#define MOST_VALUES 1024

struct _SagDataset
{
  gatomicrefcount refs;
  GPtrArray      *samples;
  GPtrArray      *warnings; /* NULL at the end */
};

typedef struct
{
  SagDataset *self;
  SagRows    *rows;
  char       *name;
  char       *folder;
  GHashTable *patients; /* patient -> split + 1 */
  GHashTable *images;   /* path -> split + 1 */
  gsize       n_empty;
} Reading;

static const char *const known[] = { "question",       "img_file_path", "label",      "split",
                                     "mask_file_path", "mask_values",   "patient_id", "study_id" };

static void
sample_free (gpointer data)
{
  SagSample *sample = data;

  g_free (sample->question);
  g_free (sample->image);
  g_free (sample->mask);
  g_free (sample->mask_values);
  g_free (sample->patient);
  g_free (sample->study);
  g_free (sample);
}

static gboolean G_GNUC_PRINTF (4, 5)
  fail (const Reading *reading, const SagSample *sample, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s, line %u: %s", reading->name, sample->line,
               what);
  return FALSE;
}

/* "" is NULL. */
static char *
dup_cell (const Reading *reading, gsize row, const char *column)
{
  const char *text = sag_rows_get (reading->rows, row, column);

  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static char *
dup_path (const Reading *reading, gsize row, const char *column)
{
  g_autofree char *text = dup_cell (reading, row, column);

  if (text == NULL || g_path_is_absolute (text))
    return g_steal_pointer (&text);
  return g_canonicalize_filename (text, reading->folder);
}

char *
sag_manifest_dup_question (const char *text)
{
  g_autofree char *key = NULL;

  if (text == NULL || !g_str_has_prefix (text, "Segment:"))
    return g_strdup (text);
  if (strcmp (text, "Segment:Nodule") == 0)
    return g_strdup ("Segment pulmonary nodules in the image.");
  key = g_strstrip (g_strdup (text + strlen ("Segment:")));
  return g_strdup_printf ("Segment %s in the image.", key);
}

static char *
dup_question (const Reading *reading, gsize row)
{
  g_autofree char *text = dup_cell (reading, row, "question");

  return sag_manifest_dup_question (text);
}

static gboolean
parse_label (const char *text, double *label)
{
  char *end;

  *label = NAN;
  if (text == NULL || g_ascii_strcasecmp (text, "censored") == 0)
    return TRUE;
  if (g_ascii_strcasecmp (text, "true") == 0 || g_ascii_strcasecmp (text, "false") == 0)
    {
      *label = g_ascii_strcasecmp (text, "true") == 0;
      return TRUE;
    }
  *label = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *label >= 0 && *label <= 1;
}

gboolean
sag_split_from_string (const char *text, SagSplit *split)
{
  static const struct
  {
    const char *word;
    SagSplit    split;
  } words[] = { { "train", SAG_SPLIT_TRAIN },
                { "val", SAG_SPLIT_VALIDATION },
                { "valid", SAG_SPLIT_VALIDATION },
                { "validation", SAG_SPLIT_VALIDATION },
                { "test", SAG_SPLIT_TEST } };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].word) == 0)
      {
        *split = words[i].split;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_split (const char *text, SagSplit *split)
{
  *split = SAG_SPLIT_TRAIN;
  return text == NULL || sag_split_from_string (text, split);
}

static gboolean
parse_values (SagSample *sample, const char *text)
{
  g_auto (GStrv) parts = text != NULL ? g_strsplit_set (text, "; ", MOST_VALUES) : NULL;

  sample->mask_values = g_new (gint32, parts != NULL ? g_strv_length (parts) : 0);
  for (gsize i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      gint64 value;

      if (parts[i][0] == '\0')
        continue;
      if (!g_ascii_string_to_signed (parts[i], 10, 1, G_MAXINT32, &value, NULL))
        return FALSE;
      sample->mask_values[sample->n_mask_values++] = (gint32) value;
    }
  return TRUE;
}

/* Who or what is trained on must not be tested on. @what: "patient", "scan" */
static gboolean
check_split (Reading         *reading,
             const SagSample *sample,
             GHashTable      *seen,
             const char      *key,
             const char      *what,
             GError         **error)
{
  gpointer before;

  if (key == NULL)
    return TRUE;
  before = g_hash_table_lookup (seen, key);
  if (before != NULL && GPOINTER_TO_INT (before) != (int) sample->split + 1)
    return fail (reading, sample, error,
                 "this %s is in the split \"%s\" here and in \"%s\" above; keep each %s in "
                 "one split.",
                 what, sag_split_to_string (sample->split),
                 sag_split_to_string ((SagSplit) (GPOINTER_TO_INT (before) - 1)), what);
  g_hash_table_insert (seen, g_strdup (key), GINT_TO_POINTER ((int) sample->split + 1));
  return TRUE;
}

static gboolean
fill_sample (Reading *reading, SagSample *sample, gsize row, GError **error)
{
  g_autofree char *label = dup_cell (reading, row, "label");
  g_autofree char *split = dup_cell (reading, row, "split");
  g_autofree char *values = dup_cell (reading, row, "mask_values");

  sample->line = sag_rows_get_line (reading->rows, row);
  sample->question = dup_question (reading, row);
  sample->image = dup_path (reading, row, "img_file_path");
  sample->mask = dup_path (reading, row, "mask_file_path");
  sample->patient = dup_cell (reading, row, "patient_id");
  sample->study = dup_cell (reading, row, "study_id");
  if (sample->question == NULL)
    return fail (reading, sample, error, "there is no question.");
  if (sample->image == NULL)
    return fail (reading, sample, error, "there is no img_file_path.");
  if (!parse_label (label, &sample->label))
    return fail (reading, sample, error,
                 "the label is \"%s\"; it takes 0, 1, a number between, true, false, or nothing.",
                 label);
  if (!parse_split (split, &sample->split))
    return fail (reading, sample, error, "the split is \"%s\"; it takes train, val or test.",
                 split);
  if (!parse_values (sample, values))
    return fail (reading, sample, error,
                 "mask_values is \"%s\"; it takes whole numbers from 1 up, with ; between them.",
                 values);
  return check_split (reading, sample, reading->patients, sample->patient, "patient", error) &&
         check_split (reading, sample, reading->images, sample->image, "scan", error);
}

static gboolean
read_samples (Reading *reading, GError **error)
{
  for (gsize row = 0; row < sag_rows_get_n (reading->rows); row++)
    {
      SagSample *sample = g_new0 (SagSample, 1);

      g_ptr_array_add (reading->self->samples, sample);
      if (!fill_sample (reading, sample, row, error))
        return FALSE;
      if (!isnan (sample->label) || sample->mask != NULL)
        continue;
      g_ptr_array_set_size (reading->self->samples, (gint) reading->self->samples->len - 1);
      reading->n_empty++;
    }
  if (reading->self->samples->len > 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "%s has no row with a label or a mask; there is nothing to learn from it.",
               reading->name);
  return FALSE;
}

static gboolean
check_columns (const Reading *reading, GError **error)
{
  const char *const *columns = sag_rows_get_columns (reading->rows);

  for (gsize i = 0; i < 2; i++)
    if (!g_strv_contains (columns, known[i]))
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                     "%s has no column \"%s\"; it needs question and img_file_path, and label or "
                     "mask_file_path.",
                     reading->name, known[i]);
        return FALSE;
      }
  return TRUE;
}

/* Scans of which the path alone does not say which they are. */
static guint
count_places (GHashTable *images)
{
  GHashTableIter iter;
  gpointer       path;
  guint          n = 0;

  g_hash_table_iter_init (&iter, images);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_autofree char *base = g_path_get_basename (path);
      g_autofree char *lower = g_ascii_strdown (base, -1);

      n += g_str_has_suffix (lower, ".zip") || strcmp (lower, "dicomdir") == 0 ||
           g_file_test (path, G_FILE_TEST_IS_DIR);
    }
  return n;
}

static void
warn (const Reading *reading)
{
  const guint        n_places = count_places (reading->images);
  const char *const *columns = sag_rows_get_columns (reading->rows);
  g_autoptr (GString) unknown = g_string_new (NULL);

  for (gsize i = 0; columns[i] != NULL; i++)
    {
      gboolean is_known = FALSE;

      for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
        is_known = is_known || strcmp (columns[i], known[k]) == 0;
      if (!is_known)
        g_string_append_printf (unknown, "%s%s", unknown->len > 0 ? ", " : "", columns[i]);
    }
  if (unknown->len > 0)
    g_ptr_array_add (
      reading->self->warnings,
      g_strdup_printf ("Columns that mean nothing here are left alone: %s.", unknown->str));
  if (reading->n_empty > 0)
    g_ptr_array_add (reading->self->warnings,
                     g_strdup_printf ("Rows with neither a label nor a mask are left out: %zu.",
                                      reading->n_empty));
  if (g_hash_table_size (reading->patients) == 0)
    g_ptr_array_add (reading->self->warnings,
                     g_strdup ("There is no patient_id, so nobody can check that no patient is in "
                               "two splits."));
  if (n_places > 0)
    g_ptr_array_add (reading->self->warnings,
                     g_strdup_printf ("Scans named by a folder or archive alone: %u. Of several in "
                                      "one, the one that suits the model best is taken, and files "
                                      "that cannot be read are left out; sagitta-cli dicom list "
                                      "shows both, and #SERIES after the path names one.",
                                      n_places));
  g_ptr_array_add (reading->self->warnings, NULL);
}

static gboolean
read_manifest (Reading *reading, const char *path, GError **error)
{
  reading->rows = sag_rows_load (path, error);
  if (reading->rows == NULL || !check_columns (reading, error) || !read_samples (reading, error))
    return FALSE;
  warn (reading);
  return TRUE;
}

SagDataset *
sag_dataset_load (const char *path, GError **error)
{
  g_autoptr (SagDataset) self = g_new0 (SagDataset, 1);
  /* Rows that are left out go, what they named stays. */
  g_autoptr (GHashTable) patients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) images = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  Reading          reading = { .self = self, .patients = patients, .images = images };
  gboolean         read;

  g_atomic_ref_count_init (&self->refs);
  self->samples = g_ptr_array_new_with_free_func (sample_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  reading.name = sag_file_dup_display_name (path);
  reading.folder = g_path_get_dirname (absolute);
  read = read_manifest (&reading, path, error);
  g_clear_pointer (&reading.rows, sag_rows_free);
  g_free (reading.name);
  g_free (reading.folder);
  return read ? g_steal_pointer (&self) : NULL;
}

SagDataset *
sag_dataset_ref (SagDataset *manifest)
{
  g_atomic_ref_count_inc (&manifest->refs);
  return manifest;
}

void
sag_dataset_unref (SagDataset *manifest)
{
  if (!g_atomic_ref_count_dec (&manifest->refs))
    return;
  g_ptr_array_unref (manifest->samples);
  g_ptr_array_unref (manifest->warnings);
  g_free (manifest);
}

gsize
sag_dataset_get_n (SagDataset *manifest)
{
  return manifest->samples->len;
}

const SagSample *
sag_dataset_get (SagDataset *manifest, gsize index)
{
  return manifest->samples->pdata[index];
}

const char *const *
sag_dataset_get_warnings (SagDataset *manifest)
{
  return (const char *const *) manifest->warnings->pdata;
}

const char *
sag_split_to_string (SagSplit split)
{
  static const char *const names[SAG_N_SPLITS] = { "train", "val", "test" };

  return names[split];
}
