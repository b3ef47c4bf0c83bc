/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_PLACE_MM 0.01
#define WIDE_GAPS                                                                                  \
  4.5 /* times the usual one: slices of another part of the body, not missing ones */
#define WIDE_GAP_MM 10

static double
place_along (const SagDicomSlice *slice, const double normal[3])
{
  const double *p = sag_dicom_slice_frame (slice)->position_mm;

  return p[0] * normal[0] + p[1] * normal[1] + p[2] * normal[2];
}

static int
compare_slices (gconstpointer a, gconstpointer b)
{
  const SagDicomSlice *one = a, *other = b;

  if (fabs (one->along_mm - other->along_mm) > 0)
    return one->along_mm < other->along_mm ? -1 : 1;
  if (one->file->header->instance_number != other->file->header->instance_number)
    return one->file->header->instance_number < other->file->header->instance_number ? -1 : 1;
  if (one->file != other->file)
    return strcmp (one->file->header->instance_uid, other->file->header->instance_uid);
  return one->frame - other->frame;
}

static void
add (GArray *slices, const SagDicomSlice *slice)
{
  SagDicomSlice copy = *slice;

  sag_dicom_file_ref (copy.file);
  g_array_append_val (slices, copy);
}

static void
release (gpointer data)
{
  sag_dicom_file_unref (((SagDicomSlice *) data)->file);
}

static GArray *
new_slices (void)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (SagDicomSlice));

  g_array_set_clear_func (out, release);
  return out;
}

/* An instance is one by its UID; where that is used for many, also by its place. */
static char *
dup_instance (const SagDicomSlice *slice)
{
  const double *p = sag_dicom_slice_frame (slice)->position_mm;
  char          text[3][G_ASCII_DTOSTR_BUF_SIZE];

  for (int a = 0; a < 3; a++)
    g_ascii_formatd (text[a], sizeof text[a], "%.3f", p[a]);
  return g_strdup_printf ("%s %d %s %s %s", slice->file->header->instance_uid, slice->frame,
                          text[0], text[1], text[2]);
}

/* The same instance from two copies of a file. */
static GArray *
drop_copies (GArray *slices, guint *n_dropped)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GArray *out = new_slices ();

  for (guint i = 0; i < slices->len; i++)
    {
      const SagDicomSlice *slice = &g_array_index (slices, SagDicomSlice, i);
      const char          *uid = slice->file->header->instance_uid;

      if (*uid == '\0' || g_hash_table_add (seen, dup_instance (slice)))
        add (out, slice);
    }
  *n_dropped = slices->len - out->len;
  return out;
}

/* Sorted slices: do any two lie at one place? */
static gboolean
overlaps (GArray *slices)
{
  for (guint i = 1; i < slices->len; i++)
    if (g_array_index (slices, SagDicomSlice, i).along_mm -
          g_array_index (slices, SagDicomSlice, i - 1).along_mm <
        SAME_PLACE_MM)
      return TRUE;
  return FALSE;
}

/* What may tell acquisitions apart, from the plainest on. */
static char *
dup_group (const SagDicomSlice *slice, int rule)
{
  const SagDicomHeader *header = slice->file->header;
  const SagDicomFrame  *frame = sag_dicom_slice_frame (slice);
  char                  number[G_ASCII_DTOSTR_BUF_SIZE];

  switch (rule)
    {
    case 0:
      return g_strdup_printf ("%d", frame->acquisition);
    case 1:
      return g_strdup_printf ("%d", frame->moment);
    case 2:
      return g_strdup_printf ("%d %d", frame->acquisition, frame->moment);
    case 3:
      return g_strdup (header->kernel);
    case 4:
      return g_strdup (header->image_type);
    case 5:
      return g_strdup (header->contrast);
    default:
      return g_strdup (g_ascii_formatd (number, sizeof number, "%.3f", header->slice_thickness_mm));
    }
}

#define N_RULES 7

static GPtrArray *
group_by (GArray *slices, int rule)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < slices->len; i++)
    {
      const SagDicomSlice *slice = &g_array_index (slices, SagDicomSlice, i);
      g_autofree char     *name = dup_group (slice, rule);
      GArray              *group = g_hash_table_lookup (known, name);

      if (group == NULL)
        {
          group = new_slices ();
          g_ptr_array_add (groups, group);
          g_hash_table_insert (known, g_steal_pointer (&name), group);
        }
      add (group, slice);
    }
  return groups;
}

/* Nothing in the headers tells them apart: the first at each place, the second at each place, ... */
static GPtrArray *
group_by_turn (GArray *slices)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint      turn = 0;

  for (guint i = 0; i < slices->len; i++)
    {
      const SagDicomSlice *slice = &g_array_index (slices, SagDicomSlice, i);

      turn = i > 0 && slice->along_mm - slice[-1].along_mm < SAME_PLACE_MM ? turn + 1 : 0;
      if (turn == groups->len)
        g_ptr_array_add (groups, new_slices ());
      add (groups->pdata[turn], slice);
    }
  return groups;
}

/* By the rule that makes the fewest volumes: a number that rises with every slice tells nothing. */
static GPtrArray *
divide (GArray *slices)
{
  GPtrArray *best = NULL, *groups;

  for (int rule = 0; rule <= N_RULES; rule++)
    {
      gboolean is_good = TRUE;

      groups = rule < N_RULES ? group_by (slices, rule) : group_by_turn (slices);
      for (guint i = 0; i < groups->len; i++)
        is_good &= !overlaps (groups->pdata[i]);
      if (is_good && (best == NULL || groups->len < best->len))
        {
          g_clear_pointer (&best, g_ptr_array_unref);
          best = groups;
        }
      else
        g_ptr_array_unref (groups);
    }
  return best != NULL ? best : group_by_turn (slices);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double one = *(const double *) a, other = *(const double *) b;

  return (one > other) - (one < other);
}

static double
usual_gap (GArray *slices)
{
  const guint        n = slices->len - 1;
  g_autofree double *gaps = g_new (double, n);

  for (guint i = 0; i < n; i++)
    gaps[i] = g_array_index (slices, SagDicomSlice, i + 1).along_mm -
              g_array_index (slices, SagDicomSlice, i).along_mm;
  qsort (gaps, n, sizeof (double), compare_numbers);
  return gaps[n / 2];
}

/* Cuts sorted slices where a gap is too wide to be bridged. */
static void
cut_at_gaps (GArray *slices, GPtrArray *out)
{
  const double wide =
    slices->len < 3 ? G_MAXDOUBLE : MAX (WIDE_GAPS * usual_gap (slices), WIDE_GAP_MM);
  GArray *part = new_slices ();

  for (guint i = 0; i < slices->len; i++)
    {
      const SagDicomSlice *slice = &g_array_index (slices, SagDicomSlice, i);

      if (i > 0 && slice->along_mm - slice[-1].along_mm > wide)
        {
          g_ptr_array_add (out, part);
          part = new_slices ();
        }
      add (part, slice);
    }
  g_ptr_array_add (out, part);
}

GPtrArray *
sag_dicom_split (GArray *slices, guint *n_duplicates)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GArray) all = drop_copies (slices, n_duplicates);
  g_autoptr (GPtrArray) groups = NULL;
  double normal[3];

  sag_dicom_normal (sag_dicom_slice_frame (&g_array_index (all, SagDicomSlice, 0)), normal);
  for (guint i = 0; i < all->len; i++)
    {
      SagDicomSlice *slice = &g_array_index (all, SagDicomSlice, i);

      slice->along_mm = place_along (slice, normal);
    }
  g_array_sort (all, compare_slices);
  g_array_unref (slices);
  if (!overlaps (all))
    {
      cut_at_gaps (all, out);
      return out;
    }
  groups = divide (all);
  for (guint i = 0; i < groups->len; i++)
    cut_at_gaps (groups->pdata[i], out);
  return out;
}
