/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/dicom.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/pool.h"
#include "model/dicom/find.h"

#include <string.h>

#define PROGRESS_EVERY 64

/* What the workers share. */
typedef struct
{
  GPtrArray           *places; /* taken out one by one: NULL once looked at */
  SagDicomFile       **files;
  GError             **errors;
  char               **names;
  guint                n_done; /* atomic */
  GMutex               lock;
  SagDicomProgressFunc on_progress;
  gpointer             user_data;
  GCancellable        *cancellable;
} Scan;

static void
problem_free (gpointer data)
{
  SagDicomProblem *problem = data;

  g_free (problem->path);
  g_free (problem->sentence);
  g_free (problem);
}

SagDicomIndex *
sag_dicom_index_ref (SagDicomIndex *index)
{
  return g_atomic_rc_box_acquire (index);
}

static void
index_clear (gpointer data)
{
  SagDicomIndex *index = data;

  g_ptr_array_unref (index->series);
  g_ptr_array_unref (index->problems);
}

void
sag_dicom_index_unref (SagDicomIndex *index)
{
  g_atomic_rc_box_release_full (index, index_clear);
}

static void
look_at (gsize item, guint worker, gpointer data)
{
  Scan          *scan = data;
  SagDicomPlace *place = scan->places->pdata[item];
  g_autoptr (SagDicomInput) input = NULL;
  SagDicomHeader *header = NULL;
  guint           n_done;

  if (!g_cancellable_is_cancelled (scan->cancellable))
    input = sag_dicom_input_open (place, &scan->errors[item]);
  if (input != NULL)
    header = sag_dicom_header_read (input, &scan->errors[item]);
  if (header != NULL)
    {
      scan->places->pdata[item] = NULL;
      scan->files[item] = sag_dicom_file_new (place, header);
    }
  n_done = (guint) g_atomic_int_add ((gint *) &scan->n_done, 1) + 1;
  if (scan->on_progress == NULL || (n_done % PROGRESS_EVERY != 0 && n_done != scan->places->len))
    return;
  g_mutex_lock (&scan->lock);
  scan->on_progress (n_done, scan->places->len, scan->user_data);
  g_mutex_unlock (&scan->lock);
}

static void
add_problem_of (GPtrArray *problems, const char *path, const char *sentence)
{
  SagDicomProblem *problem = g_new0 (SagDicomProblem, 1);

  problem->path = g_strdup (path);
  problem->sentence = g_strdup (sentence);
  g_ptr_array_add (problems, problem);
}

static void
add_problem (SagDicomIndex *index, const char *path, char *sentence)
{
  add_problem_of (index->problems, path, sentence);
  g_free (sentence);
}

/* Errors of the layers below go on after a name. */
static char *
dup_sentence (const char *name, const GError *error)
{
  if (g_str_has_prefix (error->message, name))
    return g_strdup (error->message);
  return g_strdup_printf ("%s %s", name, error->message);
}

static int
compare_problems (gconstpointer a, gconstpointer b)
{
  const SagDicomProblem *one = *(SagDicomProblem *const *) a,
                        *other = *(SagDicomProblem *const *) b;

  const int order = strcmp (one->path, other->path);

  return order != 0 ? order : strcmp (one->sentence, other->sentence);
}

/* A file that is called so and is none was damaged; others merely lie beside the slices. */
static gboolean
promises_dicom (const char *name)
{
  static const char *const endings[] = { ".dcm", ".dicom", ".ima" };
  g_autofree char         *lower = g_ascii_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (name[0] != '.' && g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

static void
collect (Scan *scan, SagDicomIndex *index, GPtrArray *files)
{
  for (guint i = 0; i < scan->places->len; i++)
    {
      const SagDicomPlace *place = scan->places->pdata[i];
      const GError        *error = scan->errors[i];

      if (scan->files[i] != NULL)
        {
          index->n_files++;
          g_ptr_array_add (files, scan->files[i]);
        }
      else if (error != NULL && g_error_matches (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED) &&
               !promises_dicom (place->name))
        index->n_foreign++;
      else if (error != NULL)
        {
          index->n_files++;
          add_problem (index, place->path, dup_sentence (place->name, error));
        }
    }
  g_ptr_array_sort (index->problems, compare_problems);
}

/* Nothing of DICOM is there: why. */
static void
set_empty_error (const Scan *scan, const SagDicomIndex *index, const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  if (index->problems->len > 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s%s",
                 ((SagDicomProblem *) index->problems->pdata[0])->sentence,
                 index->problems->len > 1 ? " Its other files could not be read either." : "");
  else if (scan->places->len == 1 && scan->errors[0] != NULL)
    {
      g_autofree char *sentence = dup_sentence (name, scan->errors[0]);

      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, sentence);
    }
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                 "%s holds no DICOM files. Choose the folder that a scanner, PACS or CD wrote.",
                 name);
}

static void
scan_init (Scan *scan, GPtrArray *places)
{
  const guint n = MAX (places->len, 1);

  g_mutex_init (&scan->lock);
  scan->places = places;
  scan->files = g_new0 (SagDicomFile *, n);
  scan->errors = g_new0 (GError *, n);
}

static void
scan_clear (Scan *scan)
{
  for (guint i = 0; i < scan->places->len; i++)
    g_clear_error (&scan->errors[i]);
  g_free (scan->errors);
  g_free (scan->files);
  g_mutex_clear (&scan->lock);
}

/* What was not even looked at. */
static void
add_left_out (SagDicomIndex *index, const SagDicomFound *found)
{
  for (guint i = 0; i < found->unread->len; i++)
    {
      g_autofree char *name = sag_file_dup_display_name (found->unread->pdata[i]);

      add_problem (index, found->unread->pdata[i],
                   g_strdup_printf ("The folder %s cannot be read. Ask for access to it.", name));
    }
  for (guint i = 0; i < found->too_deep->len; i++)
    {
      g_autofree char *name = sag_file_dup_display_name (found->too_deep->pdata[i]);

      add_problem (
        index, found->too_deep->pdata[i],
        g_strdup_printf ("The folder %s lies too deep inside others. Open it by itself.", name));
    }
  for (guint i = 0; i < found->locked->len; i++)
    {
      g_autofree char *name = sag_file_dup_display_name (found->locked->pdata[i]);

      add_problem (index, found->locked->pdata[i],
                   g_strdup_printf ("Some files of %s are locked with a password, or compressed in "
                                    "a way that Sagitta does not read. Unpack it and open the "
                                    "folder.",
                                    name));
    }
}

static SagDicomIndex *
index_places (const char *path, const char *root, SagDicomFound *found, Scan *scan, GError **error)
{
  g_autoptr (SagDicomIndex) index = g_atomic_rc_box_new0 (SagDicomIndex);
  g_autoptr (SagPool) pool = sag_pool_new (0);
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_file_unref);

  index->problems = g_ptr_array_new_with_free_func (problem_free);
  sag_pool_run (pool, scan->places->len, look_at, scan);
  collect (scan, index, files);
  add_left_out (index, found);
  index->series = sag_dicom_series_group (files, root);
  if (g_cancellable_set_error_if_cancelled (scan->cancellable, error))
    return NULL;
  if (files->len == 0)
    {
      set_empty_error (scan, index, path, error);
      return NULL;
    }
  return g_steal_pointer (&index);
}

SagDicomIndex *
sag_dicom_index_new (const char *const   *paths,
                     SagDicomProgressFunc on_progress,
                     gpointer             user_data,
                     GCancellable        *cancellable,
                     GError             **error)
{
  Scan scan = { .on_progress = on_progress, .user_data = user_data, .cancellable = cancellable };
  SagDicomFound found = { g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_place_free),
                          g_ptr_array_new_with_free_func (g_free),
                          g_ptr_array_new_with_free_func (g_free),
                          g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (problem_free);
  SagDicomIndex *index = NULL;
  gboolean       done = TRUE;

  g_return_val_if_fail (paths != NULL && paths[0] != NULL, NULL);

  for (gsize i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (sag_dicom_find (paths[i], &found, cancellable, &problem))
        continue;
      /* One place of several that cannot be opened leaves the others. */
      if (paths[1] == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          done = FALSE;
          break;
        }
      add_problem_of (lost, paths[i], problem->message);
    }
  if (done && !sag_dicom_is_supported ())
    {
      g_set_error_literal (
        error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
        "This build of Sagitta reads no DICOM: install libdcmtk-dev and "
        "libopenjp2-7-dev and build again, or convert the series with dcm2niix.");
      done = FALSE;
    }
  if (done)
    {
      scan_init (&scan, found.places);
      index = index_places (paths[0], paths[1] == NULL ? paths[0] : NULL, &found, &scan, error);
      for (guint i = 0; index != NULL && i < lost->len; i++)
        {
          const SagDicomProblem *problem = lost->pdata[i];

          add_problem_of (index->problems, problem->path, problem->sentence);
        }
      scan_clear (&scan);
    }
  g_ptr_array_unref (found.places);
  g_ptr_array_unref (found.unread);
  g_ptr_array_unref (found.too_deep);
  g_ptr_array_unref (found.locked);
  return index;
}

static SagDicomSeries *
find_best (SagDicomIndex *index)
{
  SagDicomSeries *best = NULL;

  for (guint i = 0; i < index->series->len; i++)
    {
      SagDicomSeries *series = index->series->pdata[i];

      if (series->problem != NULL || (best != NULL && series->score < best->score))
        continue;
      /* Of two that suit alike the newer study; in one study, the one that was chosen there. */
      if (best == NULL || series->score > best->score ||
          (series->is_best && strcmp (series->header->study_date, best->header->study_date) >= 0))
        best = series;
    }
  return best;
}

/* Keys of before, and UIDs alone. @several: the numbers of those that are meant, where only a number can tell. */
static SagDicomSeries *
find_uid (SagDicomIndex *index, const char *key, GString *several)
{
  const char      *part = key + strcspn (key, ":");
  g_autofree char *uid = g_strndup (key, (gsize) (part - key));

  if (g_str_has_prefix (part, ":0."))
    return NULL;
  for (guint i = 0; i < index->series->len; i++)
    {
      SagDicomSeries *series = index->series->pdata[i];

      if (strcmp (uid, series->header->series_uid) != 0)
        continue;
      if (strcmp (series->key, series->long_key) == 0)
        g_string_append_printf (several, "%s%d", several->len > 0 ? ", " : "", series->number);
      else if (*part == '\0' || (strcmp (part, ":1") == 0 && strcmp (series->key, uid) == 0))
        return series;
    }
  return NULL;
}

static SagDicomSeries *
find_key (SagDicomIndex *index, const char *key, const char *name, GError **error)
{
  g_autoptr (GString) several = g_string_new (NULL);
  SagDicomSeries *found;

  for (guint i = 0; i < index->series->len; i++)
    {
      SagDicomSeries  *series = index->series->pdata[i];
      g_autofree char *number = g_strdup_printf ("%d", series->number);

      if (strcmp (key, number) == 0 || strcmp (key, series->key) == 0 ||
          strcmp (key, series->long_key) == 0)
        return series;
    }
  found = find_uid (index, key, several);
  if (several->len > 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s has series %s of several patients or studies: name one by its number (%s).",
                 name, key, several->str);
  else if (found == NULL)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s has no series %s; sagitta-cli dicom list shows what it has.", name, key);
  return found;
}

SagDicomSeries *
sag_dicom_index_find (SagDicomIndex *index, const char *key, const char *name, GError **error)
{
  SagDicomSeries *series = key != NULL ? find_key (index, key, name, error) : find_best (index);

  if (series == NULL && key != NULL)
    return NULL;
  if (series == NULL)
    {
      const SagDicomSeries *first = index->series->pdata[0];

      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "%s %s", name, first->problem);
    }
  else if (series->problem != NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "Series %d of %s %s", series->number,
                   name, series->problem);
      series = NULL;
    }
  return series;
}

SagDicomSeries *
sag_dicom_index_find_prior (SagDicomIndex *index, const SagDicomSeries *series)
{
  SagDicomSeries *found = NULL;

  for (guint i = 0; i < index->series->len; i++)
    {
      SagDicomSeries *other = index->series->pdata[i];

      if (other->is_best && sag_dicom_series_are_priors (series, other) &&
          (found == NULL || sag_dicom_series_is_nearer (series, other, found)))
        found = other;
    }
  return found;
}

gboolean
sag_dicom_is_path (const char *path)
{
  SagDicomPlace    place = { .path = (char *) path, .name = (char *) "" };
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (SagDicomInput) input = NULL;
  const guint8 *bytes;
  gsize         n_have;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  if (g_ascii_strcasecmp (base, "DICOMDIR") == 0)
    return TRUE;
  input = sag_dicom_input_open (&place, NULL);
  if (input == NULL)
    return FALSE;
  bytes = sag_dicom_input_want (input, 300, &n_have);
  return sag_dicom_zip_is_zip (bytes, n_have) || sag_dicom_looks_like (bytes, n_have);
}

char *
sag_dicom_parse_reference (const char *reference, char **key)
{
  const char *mark = strrchr (reference, '#');

  *key = NULL;
  if (mark == NULL || mark == reference || g_file_test (reference, G_FILE_TEST_EXISTS) ||
      mark[1 + strspn (mark + 1, "0123456789.:")] != '\0' || mark[1] == '\0')
    return g_strdup (reference);
  *key = g_strdup (mark + 1);
  return g_strndup (reference, (gsize) (mark - reference));
}
