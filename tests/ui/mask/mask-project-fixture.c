/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/mask/mask-project-fixture.h"

#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"

void
sag_test_masks_begin (SagTestMasks *self)
{
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->project = sag_ui_project_get (self->session);
  self->masks = sag_ui_masks_get (self->session);
}

void
sag_test_masks_end (SagTestMasks *self)
{
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->engine);
}

void
sag_test_masks_set_up (SagTestMasks *self, gconstpointer data)
{
  self->folder = sag_test_dup_folder ();
  self->scan = sag_test_ui_scan (self->folder, "a", 8);
  self->file = g_file_new_build_filename (self->folder, "Lungs.sagitta", NULL);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  sag_test_masks_begin (self);
}

void
sag_test_masks_tear_down (SagTestMasks *self, gconstpointer data)
{
  sag_test_masks_end (self);
  g_object_unref (self->scan);
  g_object_unref (self->file);
  sag_test_remove_folder (self->folder);
}

void
sag_test_masks_open_scan (SagTestMasks *self)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);

  self->one = sag_ui_cases_add (cases, self->scan);
  sag_ui_cases_set_current (cases, self->one);
  sag_test_ui_until (sag_ui_case_get_state (self->one) == SAG_UI_CASE_READY);
}

void
sag_test_masks_open_project (SagTestMasks *self, gboolean create)
{
  sag_ui_project_open (self->project, self->file, create);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

void
sag_test_masks_wait (SagTestMasks *self)
{
  sag_test_ui_until (!sag_ui_case_masks_is_busy (self->masks->current));
  sag_test_ui_settle ();
}

void
sag_test_masks_paint (SagTestMasks *self, gint32 i)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self->masks);
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 12 };
  double             at_mm[3];

  sag_geometry_to_ras (grid, (double[]){ i, grid->dims[1] / 2, grid->dims[2] / 2 }, at_mm);
  g_assert_true (sag_ui_case_masks_begin (masks, "Painted", &brush));
  sag_ui_case_masks_draw (masks, at_mm, at_mm);
  sag_ui_case_masks_end (masks, TRUE);
  sag_test_masks_wait (self);
}

gint64
sag_test_masks_count (SagTestMasks *self, guint index)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks->current);

  g_assert_cmpuint (index, <, sag_mask_set_get_n (set));
  return sag_mask_count (sag_mask_set_get_mask (set, index));
}

void
sag_test_masks_undo (SagTestMasks *self)
{
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_settle ();
}

void
sag_test_masks_close_project (SagTestMasks *self)
{
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

void
sag_test_masks_saved (SagTestMasks *self)
{
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));
}

void
sag_test_masks_open (SagTestMasks *self, gboolean create)
{
  sag_test_masks_open_project (self, create);
  sag_test_masks_open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
}

SagUiCase *
sag_test_masks_add_other_file (SagTestMasks *self, GFile *file)
{
  SagUiCase *other = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);

  sag_ui_case_load (other);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
  return other;
}

/* Another scan: a neighbour in the list. */
SagUiCase *
sag_test_masks_add_other (SagTestMasks *self, const char *name, double spacing_mm, gboolean current)
{
  g_autoptr (GFile) file = sag_test_ui_scan (self->folder, name, spacing_mm);
  SagUiCase *other = sag_test_masks_add_other_file (self, file);

  if (current)
    sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), other);
  return other;
}

gint64
sag_test_masks_count_of (SagUiCase *one)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (sag_ui_case_masks_peek (one));

  return sag_mask_count (sag_mask_set_get_mask (set, 0));
}
