/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/mask/masks-private.h"
#include "ui/project/project.h"

typedef struct
{
  char         *folder;
  GFile        *scan;
  GFile        *file; /* of the project */
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiProject *project;
  SagUiMasks   *masks;
  SagUiCase    *one;
} Fixture;

static void
begin (Fixture *self)
{
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->project = sag_ui_project_get (self->session);
  self->masks = sag_ui_masks_get (self->session);
}

static void
end (Fixture *self)
{
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->engine);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = sag_test_dup_folder ();
  self->scan = sag_test_ui_scan (self->folder, "a", 8);
  self->file = g_file_new_build_filename (self->folder, "Lungs.sagitta", NULL);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  begin (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  end (self);
  g_object_unref (self->scan);
  g_object_unref (self->file);
  sag_test_remove_folder (self->folder);
}

static void
open_scan (Fixture *self)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);

  self->one = sag_ui_cases_add (cases, self->scan);
  sag_ui_cases_set_current (cases, self->one);
  sag_test_ui_until (sag_ui_case_get_state (self->one) == SAG_UI_CASE_READY);
}

static void
open_project (Fixture *self, gboolean create)
{
  sag_ui_project_open (self->project, self->file, create);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

static void
wait (Fixture *self)
{
  sag_test_ui_until (!sag_ui_case_masks_is_busy (self->masks->current));
  sag_test_ui_settle ();
}

static void
paint (Fixture *self, gint32 i)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self->masks);
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 12 };
  double             at_mm[3];

  sag_geometry_to_ras (grid, (double[]){ i, grid->dims[1] / 2, grid->dims[2] / 2 }, at_mm);
  g_assert_true (sag_ui_case_masks_begin (masks, "Painted", &brush));
  sag_ui_case_masks_draw (masks, at_mm, at_mm);
  sag_ui_case_masks_end (masks, TRUE);
  wait (self);
}

static gint64
count (Fixture *self, guint index)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks->current);

  g_assert_cmpuint (index, <, sag_mask_set_get_n (set));
  return sag_mask_count (sag_mask_set_get_mask (set, index));
}

static void
undo (Fixture *self)
{
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_settle ();
}

/* What was painted without a project is asked about, adopted, and there after a restart: with its
 * undo. */
static void
test_adopt (Fixture *self, gconstpointer data)
{
  gint64 one, two;

  open_scan (self);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 5);
  one = count (self, 0);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  open_project (self, TRUE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 15);
  two = count (self, 0);
  g_assert_cmpint (two, >, one);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));

  end (self);
  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_nonnull (self->masks->current);
  g_assert_cmpint (count (self, 0), ==, two);
  undo (self);
  sag_test_ui_until (count (self, 0) == one);
  undo (self);
  sag_test_ui_until (count (self, 0) == 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (count (self, 0) == one);
}

/* Masks that a project has, and those that were painted before it was opened, stand beside each other. */
static void
test_beside (Fixture *self, gconstpointer data)
{
  gint64 first, second;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  first = count (self, 0);
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));
  end (self);

  begin (self);
  open_scan (self);
  paint (self, 15);
  paint (self, 10);
  second = count (self, 0);
  open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (count (self, 0), ==, first);
  g_assert_cmpint (count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));

  /* Without the project they stay, and what comes now is only in memory. */
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_cmpint (count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 7);
  g_assert_nonnull (sag_ui_loss_get (self->one));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add ("/ui/mask-project/adopt", Fixture, NULL, set_up, test_adopt, tear_down);
  g_test_add ("/ui/mask-project/beside", Fixture, NULL, set_up, test_beside, tear_down);
  return g_test_run ();
}
