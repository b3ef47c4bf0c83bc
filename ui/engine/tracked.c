/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/engine-private.h"

#include <string.h>

/* The cases that the engine was asked about: their results grow stale with the bundle, and what
 * waits for a scan starts when it has been read. */

typedef struct
{
  SagUiEngine *engine;
  SagUiCase   *one; /* not a reference */
  gulong       handler;
} Tracked;

static gboolean
same_recipe (SagPrepared *prepared, SagBundle *bundle)
{
  return memcmp (sag_prepared_get_recipe (prepared), sag_bundle_get_recipe (bundle),
                 sizeof (SagRecipe)) == 0;
}

gboolean
sag_ui_engine_gave (SagUiEngine *self, const SagAnswer *answer)
{
  g_return_val_if_fail (SAG_UI_IS_ENGINE (self) && answer != NULL, FALSE);

  return self->bundle != NULL &&
         g_str_equal (answer->provenance->bundle_sha256, sag_bundle_get_sha256 (self->bundle));
}

gboolean
sag_ui_engine_is_stale (SagUiEngine *self, SagUiCase *one, const SagAnswer *answer)
{
  double shift_mm[3];

  g_return_val_if_fail (SAG_UI_IS_ENGINE (self) && SAG_UI_IS_CASE (one) && answer != NULL, FALSE);

  if (self->bundle == NULL)
    return FALSE;
  sag_ui_case_get_box_shift (one, shift_mm);
  return !sag_ui_engine_gave (self, answer) ||
         g_strcmp0 (answer->provenance->calibration_sha256, self->calibration) != 0 ||
         !sag_geometry_same_point (answer->provenance->shift_mm, shift_mm);
}

static void
mark_stale (SagUiEngine *self, SagUiCase *one)
{
  GListModel  *results = G_LIST_MODEL (sag_ui_case_get_results (one));
  SagPrepared *prepared = sag_ui_case_get_prepared (one);

  if (prepared != NULL && !same_recipe (prepared, self->bundle))
    sag_ui_case_set_prepared (one, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);
      const SagAnswer *answer = sag_ui_result_get_answer (result);

      if (answer != NULL)
        sag_ui_result_set_stale (result, sag_ui_engine_is_stale (self, one, answer));
    }
}

void
sag_ui_engine_mark_stale (SagUiEngine *self)
{
  for (guint i = 0; i < self->cases->len; i++)
    mark_stale (self, ((Tracked *) self->cases->pdata[i])->one);
}

void
sag_ui_engine_set_calibration (SagUiEngine *self, const char *sha256)
{
  g_return_if_fail (SAG_UI_IS_ENGINE (self));

  if (g_strcmp0 (self->calibration, sha256) == 0)
    return;
  g_free (self->calibration);
  self->calibration = g_strdup (sha256);
  sag_ui_engine_mark_stale (self);
}

SagBundle *
sag_ui_engine_get_previous (SagUiEngine *self)
{
  g_return_val_if_fail (SAG_UI_IS_ENGINE (self), NULL);

  return self->previous;
}

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiEngine *self)
{
  sag_ui_engine_resume (self, one);
}

static void
gone_cb (gpointer data, GObject *where)
{
  Tracked     *tracked = data;
  SagUiEngine *self = tracked->engine;

  sag_ui_engine_case_gone (self, tracked->one);
  g_ptr_array_remove_fast (self->cases, tracked);
  g_free (tracked);
}

void
sag_ui_engine_track (SagUiEngine *self, SagUiCase *one)
{
  Tracked *tracked;

  for (guint i = 0; i < self->cases->len; i++)
    if (((Tracked *) self->cases->pdata[i])->one == one)
      return;
  tracked = g_new0 (Tracked, 1);
  tracked->engine = self;
  tracked->one = one;
  tracked->handler = g_signal_connect (one, "notify::state", G_CALLBACK (state_cb), self);
  g_object_weak_ref (G_OBJECT (one), gone_cb, tracked);
  g_ptr_array_add (self->cases, tracked);
}

void
sag_ui_engine_untrack_all (SagUiEngine *self)
{
  for (guint i = 0; i < self->cases->len; i++)
    {
      Tracked *tracked = self->cases->pdata[i];

      g_signal_handler_disconnect (tracked->one, tracked->handler);
      g_object_weak_unref (G_OBJECT (tracked->one), gone_cb, tracked);
      g_free (tracked);
    }
  g_ptr_array_set_size (self->cases, 0);
}
