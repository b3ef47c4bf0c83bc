/* SPDX-License-Identifier: Apache-2.0 */

/* An annotator by script: PROJECT READER. Case by case it paints two masks, slips once and takes that back, erases a
 * part, sets a label for every task and is done with the case. It looks at what the project has and goes on from there,
 * so that it can be killed at any moment and started again. A line on stdout after each step tells whoever kills. */

#include "model/export/export.h"
#include "model/mask/brush.h"
#include "model/store/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_US 4000

/* In mm from the middle of the scan. */
typedef struct
{
  const char *title;
  guint       mask;
  SagMaskMode mode;
  double      radius_mm;
  double      from[3];
  double      to[3];
} Deed;

static const Deed slip = { "Slip", 0, SAG_MASK_PAINT, 25, { 20, 0, 0 }, { 20, 0, 0 } };
/* What stays: each stands where its step stands in the journal; NULL adds a mask. */
static const Deed deeds[] = {
  { NULL, 0, SAG_MASK_PAINT, 0, { 0, 0, 0 }, { 0, 0, 0 } },
  { "Paint", 0, SAG_MASK_PAINT, 15, { -40, -20, 10 }, { -40, 20, 10 } },
  { NULL, 1, SAG_MASK_PAINT, 0, { 0, 0, 0 }, { 0, 0, 0 } },
  { "Paint", 1, SAG_MASK_PAINT, 20, { 45, 0, -10 }, { 45, 0, 30 } },
  { "Erase", 1, SAG_MASK_ERASE, 8, { 45, 0, 10 }, { 45, 0, 10 } },
};
/* It slips after the first mask is painted. */
#define SLIPS_AT 2

static void
tell (const SagCaseRow *one, const char *what)
{
  printf ("%" G_GINT64_FORMAT " %s\n", one->id, what);
  fflush (stdout);
  g_usleep (PAUSE_US);
}

static gboolean
do_deed (SagMaskSet *set, const Deed *deed, GError **error)
{
  static const char *const names[] = { "Lesion", "Lungs" }, *const keys[] = { "nodule", "lungs" };
  const SagGeometry *grid = sag_mask_set_get_geometry (set);
  SagBrush brush = { .shape = SAG_BRUSH_BALL, .radius_mm = deed->radius_mm, .mode = deed->mode };
  double   middle[3], from[3], to[3];
  g_autofree char *id = NULL;
  g_autoptr (SagMaskEdit) edit = NULL;
  g_autoptr (SagMask) mask = NULL;

  if (deed->title == NULL)
    {
      g_autoptr (SagMaskInfo) info =
        sag_mask_info_new (names[deed->mask], keys[deed->mask], 0xE69F00);

      return sag_mask_set_add (set, "Add", info, NULL, error);
    }
  sag_geometry_to_ras (
    grid,
    (double[]){ (grid->dims[0] - 1) / 2.0, (grid->dims[1] - 1) / 2.0, (grid->dims[2] - 1) / 2.0 },
    middle);
  for (int a = 0; a < 3; a++)
    {
      from[a] = middle[a] + deed->from[a];
      to[a] = middle[a] + deed->to[a];
    }
  id = g_strdup (sag_mask_set_get_info (set, deed->mask)->id);
  edit = sag_mask_edit_new (sag_mask_set_get_mask (set, deed->mask));
  sag_brush_stroke (edit, &brush, from, to, NULL);
  mask = sag_mask_edit_snapshot (edit);
  return sag_mask_set_commit (set, deed->title, id, mask, error);
}

static gboolean
paint (SagStore *store, const SagCaseRow *one, SagMaskSet *set, GError **error)
{
  gboolean slipped = FALSE;

  while (TRUE)
    {
      const guint n = sag_mask_set_get_n_steps (set);
      const char *last = sag_mask_set_get_undo_title (set);

      if (g_strcmp0 (last, slip.title) == 0)
        {
          if (!sag_mask_set_undo (set, error))
            return FALSE;
          slipped = TRUE;
          tell (one, "took back");
        }
      else if (n == SLIPS_AT && !slipped)
        {
          if (!do_deed (set, &slip, error) || !sag_store_flush (store, error))
            return FALSE;
          tell (one, "slipped");
        }
      else if (n < G_N_ELEMENTS (deeds))
        {
          if (!do_deed (set, &deeds[n], error))
            return FALSE;
          tell (one, deeds[n].title != NULL ? deeds[n].title : "Add");
        }
      else
        return TRUE;
    }
}

typedef struct
{
  const SagCaseRow *one;
  const SagTaskRow *task;
} Saying;

static gboolean
say (SagDb *db, gpointer data, GError **error)
{
  const Saying     *saying = data;
  const SagLabelRow label = { .case_id = saying->one->id,
                              .task_id = saying->task->id,
                              .value = (saying->one->id + saying->task->id) % 2
                                         ? SAG_LABEL_VALUE_PRESENT
                                         : SAG_LABEL_VALUE_ABSENT,
                              .certainty = -1 };

  return sag_labels_put (db, &label, error);
}

static gboolean
finish (SagDb *db, gpointer data, GError **error)
{
  return sag_cases_set_state (db, ((const SagCaseRow *) data)->id, SAG_CASE_DONE, error);
}

static gboolean
work_on (SagStore *store, SagProject *project, SagCaseRow *one, GError **error)
{
  g_autoptr (SagMaskSet) set = sag_masks_load (store, one->id, NULL, &one->geometry, error);
  gboolean done;

  if (set == NULL)
    return FALSE;
  sag_masks_attach (store, one->id, NULL, set);
  done = paint (store, one, set, error);
  for (guint t = 0; done && t < project->tasks->len; t++)
    {
      Saying saying = { one, project->tasks->pdata[t] };

      done = sag_store_run (store, say, &saying, error);
      tell (one, "label");
    }
  done = done && sag_store_run (store, finish, one, error);
  sag_masks_detach (set);
  if (!done)
    return FALSE;
  tell (one, "done");
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  SagStore *store = argc == 3 ? sag_store_open (argv[1], SAG_STORE_WRITE, argv[2], &error) : NULL;
  g_autoptr (SagProject) project = NULL;

  if (store != NULL && sag_store_need_writable (store, &error))
    project = sag_project_load (store, &error);
  for (guint c = 0; project != NULL && error == NULL && c < project->cases->len; c++)
    {
      SagCaseRow *one = project->cases->pdata[c];

      if (one->state != SAG_CASE_DONE)
        work_on (store, project, one, &error);
    }
  g_clear_pointer (&project, sag_project_free);
  if (store != NULL && !sag_store_close (store, error == NULL ? &error : NULL))
    return EXIT_FAILURE;
  if (error != NULL)
    fprintf (stderr, "%s\n", error->message);
  return store != NULL && error == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
