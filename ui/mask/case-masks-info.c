/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/case-masks-private.h"

#include <glib/gi18n.h>

void
sag_ui_case_masks_remove (SagUiCaseMasks *self, const char *id)
{
  const char *title = _ ("Mask deleted");
  g_autoptr (GError) error = NULL;

  if (!sag_ui_case_masks_check (self, id))
    return;
  if (sag_mask_set_remove (self->set, title, id, &error))
    sag_ui_case_masks_pushed (self, title);
  else
    sag_ui_case_masks_failed (self, error);
}

static SagMaskInfo *
dup_info (SagUiCaseMasks *self, const char *id)
{
  const int index = sag_mask_set_find (self->set, id);

  return index >= 0 ? sag_mask_info_copy (sag_mask_set_get_info (self->set, (guint) index)) : NULL;
}

static void
change_info (SagUiCaseMasks *self, const char *title, const SagMaskInfo *info)
{
  const int index = sag_mask_set_find (self->set, info->id);
  g_autoptr (GError) error = NULL;

  if (sag_mask_info_equal (info, sag_mask_set_get_info (self->set, (guint) index)))
    return;
  if (sag_mask_set_change_info (self->set, title, info, &error))
    sag_ui_case_masks_pushed (self, title);
  else
    sag_ui_case_masks_failed (self, error);
}

void
sag_ui_case_masks_rename (SagUiCaseMasks *self, const char *id, const char *name)
{
  g_autoptr (SagMaskInfo) info = dup_info (self, id);

  if (info == NULL || *name == 0)
    return;
  g_free (info->name);
  info->name = g_strdup (name);
  change_info (self, _ ("Mask renamed"), info);
}

void
sag_ui_case_masks_set_key (SagUiCaseMasks *self, const char *id, const char *key)
{
  g_autoptr (SagMaskInfo) info = dup_info (self, id);

  if (info == NULL)
    return;
  g_free (info->key);
  info->key = g_strdup (key);
  change_info (self, _ ("Task of a mask changed"), info);
}

void
sag_ui_case_masks_set_colour (SagUiCaseMasks *self, const char *id, guint32 colour)
{
  g_autoptr (SagMaskInfo) info = dup_info (self, id);

  if (info == NULL)
    return;
  info->colour = colour;
  change_info (self, _ ("Colour of a mask changed"), info);
}

void
sag_ui_case_masks_set_locked (SagUiCaseMasks *self, const char *id, gboolean locked)
{
  g_autoptr (SagMaskInfo) info = dup_info (self, id);

  if (info == NULL)
    return;
  info->locked = locked;
  change_info (self, locked ? _ ("Mask locked") : _ ("Mask unlocked"), info);
}

void
sag_ui_case_masks_set_visible (SagUiCaseMasks *self, const char *id, gboolean visible)
{
  g_autoptr (SagMaskInfo) info = dup_info (self, id);

  if (info == NULL)
    return;
  info->visible = visible;
  change_info (self, visible ? _ ("Mask shown") : _ ("Mask hidden"), info);
}

void
sag_ui_case_masks_move (SagUiCaseMasks *self, const char *id, guint index)
{
  const char *title = _ ("Mask moved in the list");
  const int   from = sag_mask_set_find (self->set, id);
  g_autoptr (GError) error = NULL;

  if (from < 0 || (guint) from == index || index >= sag_mask_set_get_n (self->set))
    return;
  if (sag_mask_set_move (self->set, title, id, index, &error))
    sag_ui_case_masks_pushed (self, title);
  else
    sag_ui_case_masks_failed (self, error);
}
