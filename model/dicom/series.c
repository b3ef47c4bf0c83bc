/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/series.h"

#include "model/core/hash.h"

#include <math.h>
#include <string.h>

#define MAX_STACKS 64       /* of one series that a slice is compared with */
#define SAME_DIRECTION 0.02 /* largest difference of a component */
#define SAME_SPACING 1e-3   /* relative */

SagDicomFile *
sag_dicom_file_new (SagDicomPlace *place, SagDicomHeader *header)
{
  SagDicomFile *file = g_atomic_rc_box_new0 (SagDicomFile);

  file->place = place;
  file->header = header;
  return file;
}

SagDicomFile *
sag_dicom_file_ref (SagDicomFile *file)
{
  return g_atomic_rc_box_acquire (file);
}

static void
file_clear (gpointer data)
{
  SagDicomFile *file = data;

  sag_dicom_place_free (file->place);
  sag_dicom_header_free (file->header);
}

void
sag_dicom_file_unref (SagDicomFile *file)
{
  g_atomic_rc_box_release_full (file, file_clear);
}

static void
slice_clear (gpointer data)
{
  sag_dicom_file_unref (((SagDicomSlice *) data)->file);
}

SagDicomSeries *
sag_dicom_series_ref (SagDicomSeries *series)
{
  return g_atomic_rc_box_acquire (series);
}

static void
series_clear (gpointer data)
{
  SagDicomSeries *series = data;

  g_free (series->key);
  g_free (series->long_key);
  g_array_unref (series->slices);
  g_array_unref (series->targets);
  g_free (series->problem);
  g_strfreev (series->notes);
}

void
sag_dicom_series_unref (SagDicomSeries *series)
{
  g_atomic_rc_box_release_full (series, series_clear);
}

char *
sag_dicom_series_dup_case_name (const SagDicomSeries *series)
{
  g_autofree char *hash = sag_hash_sha256 (series->key, strlen (series->key));
  g_autofree char *kind = g_ascii_strdown (series->header->kind, -1);

  for (char *c = kind; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      *c = '-';
  return g_strdup_printf ("%s-%.8s", *kind != '\0' ? kind : "series", hash);
}

/* Anonymised files often share a number, and a name too: a birthday or a name has to speak for it. */
static gboolean
is_same_patient (const SagDicomHeader *one, const SagDicomHeader *other)
{
  if (*one->patient_id == '\0' || strcmp (one->patient_id, other->patient_id) != 0 ||
      strcmp (one->patient_name, other->patient_name) != 0)
    return FALSE;
  if (*one->birth_date != '\0' && *other->birth_date != '\0')
    return strcmp (one->birth_date, other->birth_date) == 0;
  return *one->patient_name != '\0';
}

gboolean
sag_dicom_series_are_priors (const SagDicomSeries *a, const SagDicomSeries *b)
{
  const SagDicomHeader *one = a->header, *other = b->header;

  return a->problem == NULL && b->problem == NULL && is_same_patient (one, other) &&
         strcmp (one->study_uid, other->study_uid) != 0 && strcmp (a->kind, b->kind) == 0;
}

gboolean
sag_dicom_series_is_nearer (const SagDicomSeries *series,
                            const SagDicomSeries *a,
                            const SagDicomSeries *b)
{
  const char    *date = series->header->study_date;
  const char    *day = a->header->study_date, *other = b->header->study_date;
  const gboolean is_before = strcmp (day, date) <= 0, other_is_before = strcmp (other, date) <= 0;

  if (is_before != other_is_before)
    return is_before;
  return is_before ? strcmp (day, other) > 0 : strcmp (day, other) < 0;
}

void
sag_dicom_series_spacing_mm (const SagDicomSeries *series, double spacing_mm[3])
{
  sag_geometry_spacing_mm (&series->geometry, spacing_mm);
}

void
sag_dicom_normal (const SagDicomFrame *frame, double normal[3])
{
  const double *u = frame->along_row, *v = frame->along_column;

  normal[0] = u[1] * v[2] - u[2] * v[1];
  normal[1] = u[2] * v[0] - u[0] * v[2];
  normal[2] = u[0] * v[1] - u[1] * v[0];
}

static gboolean
is_localiser (const SagDicomHeader *header)
{
  return strstr (header->image_type, "LOCALIZER") != NULL;
}

/* Whether two slices may belong to one volume. */
static gboolean
fits (const SagDicomSlice *a, const SagDicomSlice *b)
{
  const SagDicomHeader *ha = a->file->header, *hb = b->file->header;
  const SagDicomFrame  *fa = sag_dicom_slice_frame (a), *fb = sag_dicom_slice_frame (b);

  if (ha->rows != hb->rows || ha->columns != hb->columns ||
      is_localiser (ha) != is_localiser (hb) || strcmp (ha->kind, hb->kind) != 0 ||
      strcmp (ha->frame_of_reference_uid, hb->frame_of_reference_uid) != 0)
    return FALSE;
  for (int i = 0; i < 2; i++)
    if (fabs (fa->spacing_mm[i] - fb->spacing_mm[i]) > SAME_SPACING * fa->spacing_mm[i])
      return FALSE;
  for (int i = 0; i < 3; i++)
    if (fabs (fa->along_row[i] - fb->along_row[i]) > SAME_DIRECTION ||
        fabs (fa->along_column[i] - fb->along_column[i]) > SAME_DIRECTION)
      return FALSE;
  return TRUE;
}

static GArray *
new_slices (void)
{
  GArray *slices = g_array_new (FALSE, FALSE, sizeof (SagDicomSlice));

  g_array_set_clear_func (slices, slice_clear);
  return slices;
}

/* Puts one slice to those that it fits, or begins anew. */
static void
sort_in (GPtrArray *stacks, SagDicomSlice *slice)
{
  GArray *stack;

  for (guint i = stacks->len; i > 0 && stacks->len - i < MAX_STACKS; i--)
    if (fits (&g_array_index ((GArray *) stacks->pdata[i - 1], SagDicomSlice, 0), slice))
      {
        g_array_append_val ((GArray *) stacks->pdata[i - 1], *slice);
        return;
      }
  stack = new_slices ();
  g_array_append_val (stack, *slice);
  g_ptr_array_add (stacks, stack);
}

static const char *
name_kind (const SagDicomHeader *header)
{
  static const struct
  {
    const char *class_prefix, *name;
  } kinds[] = {
    { "1.2.840.10008.5.1.4.1.1.66", "segmentation" },
    { "1.2.840.10008.5.1.4.1.1.88", "report" },
    { "1.2.840.10008.5.1.4.1.1.11", "presentation" },
    { "1.2.840.10008.5.1.4.1.1.104", "document" },
    { "1.2.840.10008.5.1.4.1.1.481", "radiotherapy" },
    { "1.2.840.10008.5.1.4.1.1.7", "picture" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (header->class_uid, kinds[i].class_prefix))
      return kinds[i].name;
  if (is_localiser (header))
    return "localiser";
  return *header->kind != '\0' ? header->kind : "unknown";
}

/* @slices is taken; with @problem, or planned. */
static SagDicomSeries *
series_new (GArray *slices, const char *problem)
{
  SagDicomSeries *series = g_atomic_rc_box_new0 (SagDicomSeries);

  series->slices = slices;
  series->targets = g_array_new (FALSE, FALSE, sizeof (SagDicomTarget));
  series->header = g_array_index (slices, SagDicomSlice, 0).file->header;
  series->kind = name_kind (series->header);
  series->part = series->n_parts = 1;
  series->problem = g_strdup (problem);
  series->score = -1;
  if (problem == NULL)
    sag_dicom_series_plan (series);
  if (series->notes == NULL)
    series->notes = g_new0 (char *, 1);
  return series;
}

/* The parts of one DICOM series: first what can be opened, the larger first. */
static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const SagDicomSeries *one = *(SagDicomSeries *const *) a, *other = *(SagDicomSeries *const *) b;

  if ((one->problem != NULL) != (other->problem != NULL))
    return one->problem != NULL ? 1 : -1;
  if (one->slices->len != other->slices->len)
    return one->slices->len < other->slices->len ? 1 : -1;
  return (one->header->instance_number > other->header->instance_number) -
         (one->header->instance_number < other->header->instance_number);
}

static void
add_volumes (GPtrArray *parts, GPtrArray *stacks)
{
  for (guint i = 0; i < stacks->len; i++)
    {
      guint n_duplicates;
      g_autoptr (GPtrArray) volumes = sag_dicom_split (stacks->pdata[i], &n_duplicates);

      for (guint v = 0; v < volumes->len; v++)
        {
          SagDicomSeries *series = series_new (g_array_ref (volumes->pdata[v]), NULL);

          series->n_duplicates = v == 0 ? n_duplicates : 0;
          g_ptr_array_add (parts, series);
        }
    }
}

/* Files of one series. Its UID should tell, but is empty or the same for all in some anonymised files. */
typedef struct
{
  char      *whose;
  GPtrArray *files;
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_ptr_array_unref (group->files);
  g_free (group->whose);
  g_free (group);
}

/* Whether a UID can be (a part of) a key: no number of a list, and nothing that a reference does not have. */
static gboolean
is_uid (const char *text)
{
  return strchr (text, '.') != NULL && text[strspn (text, "0123456789.")] == '\0';
}

/* What no other patient, study or, without a UID, folder has. */
static char *
dup_long_key (const char *uid, const Group *group)
{
  g_autofree char *hash = sag_hash_sha256 (group->whose, strlen (group->whose));
  guint64          number;

  hash[16] = '\0';
  number = g_ascii_strtoull (hash, NULL, 16);
  if (!is_uid (uid))
    return g_strdup_printf ("2.25.%" G_GUINT64_FORMAT, number);
  return g_strdup_printf ("%s:0.%" G_GUINT64_FORMAT, uid, number);
}

/* Names the sorted parts of one series. A report among the slices makes no second volume of them. */
static void
add_parts (GPtrArray *parts, const char *key, const char *long_key, GPtrArray *all)
{
  guint n_volumes = 0;

  for (guint i = 0; i < parts->len; i++)
    n_volumes += ((SagDicomSeries *) parts->pdata[i])->problem == NULL;
  for (guint i = 0; i < parts->len; i++)
    {
      SagDicomSeries *series = parts->pdata[i];
      const gboolean  is_only = i == 0 && n_volumes <= 1;

      series->part = i < n_volumes ? (int) i + 1 : 1;
      series->n_parts = i < n_volumes ? (int) n_volumes : 1;
      series->key = is_only ? g_strdup (key) : g_strdup_printf ("%s:%u", key, i + 1);
      series->long_key = is_only ? g_strdup (long_key) : g_strdup_printf ("%s:%u", long_key, i + 1);
      g_ptr_array_add (all, series);
    }
}

/* All files of one series. @is_shared: another group has its UID too. */
static void
group_one (const Group *group, gboolean is_shared, GPtrArray *all)
{
  const GPtrArray *files = group->files;
  const char      *uid = ((const SagDicomFile *) files->pdata[0])->header->series_uid;
  g_autofree char *long_key = dup_long_key (uid, group);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autoptr (GPtrArray) stacks = g_ptr_array_new ();
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer       problem, slices;

  for (guint i = 0; i < files->len; i++)
    {
      SagDicomFile *file = files->pdata[i];
      const char   *why = sag_dicom_header_explain (file->header);

      for (int frame = 0; frame < (why != NULL ? 1 : file->header->n_frames); frame++)
        {
          SagDicomSlice slice = { .file = sag_dicom_file_ref (file), .frame = frame };
          GArray       *same;

          if (why == NULL)
            {
              sort_in (stacks, &slice);
              continue;
            }
          same = g_hash_table_lookup (others, why);
          if (same == NULL)
            {
              same = new_slices ();
              g_hash_table_insert (others, (gpointer) why, same);
            }
          g_array_append_val (same, slice);
        }
    }
  add_volumes (parts, stacks);
  g_hash_table_iter_init (&iter, others);
  while (g_hash_table_iter_next (&iter, &problem, &slices))
    g_ptr_array_add (parts, series_new (slices, problem));
  g_ptr_array_sort (parts, compare_parts);
  add_parts (parts, is_shared || !is_uid (uid) ? long_key : uid, long_key, all);
}

static int
compare_series (gconstpointer a, gconstpointer b)
{
  const SagDicomSeries *one = *(SagDicomSeries *const *) a, *other = *(SagDicomSeries *const *) b;
  const SagDicomHeader *h = one->header, *o = other->header;
  int                   order = strcmp (h->patient_id, o->patient_id);

  if (order == 0)
    order = strcmp (h->patient_name, o->patient_name);
  if (order == 0)
    order = strcmp (h->study_date, o->study_date);
  if (order == 0)
    order = strcmp (h->study_uid, o->study_uid);
  if (order == 0)
    order = (h->series_number > o->series_number) - (h->series_number < o->series_number);
  if (order == 0)
    order = strcmp (h->series_uid, o->series_uid);
  if (order == 0)
    order = (one->problem != NULL) - (other->problem != NULL);
  if (order == 0)
    order = one->part - other->part;
  return order != 0 ? order : strcmp (one->key, other->key);
}

/* Where a file lies below @root, which may be moved. */
static char *
dup_folder (const SagDicomPlace *place, const char *root)
{
  g_autofree char *inside = g_path_get_dirname (place->entry != NULL ? place->entry->name : ".");
  g_autofree char *folder = place->path == NULL    ? g_strdup ("")
                            : place->entry != NULL ? g_build_filename (place->path, inside, NULL)
                                                   : g_path_get_dirname (place->path);
  g_autofree char *beside = root != NULL ? g_path_get_dirname (root) : NULL;
  const char      *from[] = { root, beside };

  for (gsize i = 0; root != NULL && i < G_N_ELEMENTS (from); i++)
    {
      const gsize n = strlen (from[i]);

      if (g_str_has_prefix (folder, from[i]) && (folder[n] == '/' || folder[n] == '\0'))
        return g_strdup (folder + n);
    }
  return g_steal_pointer (&folder);
}

static char *
dup_whose (const SagDicomFile *file, const char *root)
{
  const SagDicomHeader *header = file->header;
  g_autofree char      *folder =
    *header->series_uid == '\0' ? dup_folder (file->place, root) : g_strdup ("");

  return g_strjoin ("\n", header->patient_id,
                    *header->patient_id == '\0' ? header->patient_name : "", header->study_uid,
                    header->series_uid, folder, NULL);
}

/* @n_by_uid: counts the groups of each UID. Returns: (element-type Group) */
static GHashTable *
sort_out (GPtrArray *files, const char *root, GHashTable *n_by_uid)
{
  GHashTable *groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, group_free);

  for (guint i = 0; i < files->len; i++)
    {
      SagDicomFile    *file = files->pdata[i];
      g_autofree char *whose = dup_whose (file, root);
      Group           *group = g_hash_table_lookup (groups, whose);
      gpointer         uid = file->header->series_uid;

      if (group == NULL)
        {
          group = g_new0 (Group, 1);
          group->whose = g_steal_pointer (&whose);
          group->files = g_ptr_array_new ();
          g_hash_table_insert (groups, group->whose, group);
          g_hash_table_insert (
            n_by_uid, uid,
            GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (n_by_uid, uid)) + 1));
        }
      g_ptr_array_add (group->files, file);
    }
  return groups;
}

GPtrArray *
sag_dicom_series_group (GPtrArray *files, const char *root)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_series_unref);
  g_autoptr (GHashTable) n_by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) groups = sort_out (files, root, n_by_uid);
  GHashTableIter iter;
  gpointer       at;

  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &at))
    {
      const Group        *group = at;
      const SagDicomFile *first = group->files->pdata[0];

      group_one (group,
                 GPOINTER_TO_UINT (g_hash_table_lookup (n_by_uid, first->header->series_uid)) > 1,
                 all);
    }
  g_ptr_array_sort (all, compare_series);
  for (guint i = 0; i < all->len; i++)
    ((SagDicomSeries *) all->pdata[i])->number = (int) i + 1;
  sag_dicom_series_rank (all);
  return all;
}
