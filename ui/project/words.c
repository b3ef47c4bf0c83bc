/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/words.h"

#include <glib/gi18n.h>

const char *
sag_ui_project_get_value_title (SagLabelValue value)
{
  switch (value)
    {
    case SAG_LABEL_VALUE_PRESENT:
      return C_ ("label", "Present");
    case SAG_LABEL_VALUE_ABSENT:
      return C_ ("label", "Absent");
    case SAG_LABEL_VALUE_UNSURE:
      return C_ ("label", "Unsure");
    case SAG_LABEL_VALUE_NOT_EVALUABLE:
      return C_ ("label", "Not evaluable");
    case SAG_LABEL_VALUE_CENSORED:
      return C_ ("label", "Censored");
    case SAG_LABEL_VALUE_NONE:
    default:
      return C_ ("label", "no label");
    }
}

const char *
sag_ui_project_get_value_hint (SagLabelValue value)
{
  switch (value)
    {
    case SAG_LABEL_VALUE_PRESENT:
      return _ ("The scan shows it");
    case SAG_LABEL_VALUE_ABSENT:
      return _ ("The scan does not show it");
    case SAG_LABEL_VALUE_UNSURE:
      return _ ("It cannot be said either way");
    case SAG_LABEL_VALUE_NOT_EVALUABLE:
      return _ ("The scan is not fit to tell");
    case SAG_LABEL_VALUE_CENSORED:
      return _ ("Looked at, but must not be used");
    case SAG_LABEL_VALUE_NONE:
    default:
      return _ ("Take the label back");
    }
}

const char *
sag_ui_project_get_state_title (SagCaseState state)
{
  switch (state)
    {
    case SAG_CASE_IN_PROGRESS:
      return C_ ("state", "in progress");
    case SAG_CASE_DONE:
      return C_ ("state", "done");
    case SAG_CASE_REVIEWED:
      return C_ ("state", "reviewed");
    case SAG_CASE_NEW:
    default:
      return C_ ("state", "new");
    }
}

GtkShortcutTrigger *
sag_ui_project_dup_task_trigger (const SagTaskRow *task, guint place)
{
  guint           keyval;
  GdkModifierType modifiers;

  if (task->shortcut != NULL && gtk_accelerator_parse (task->shortcut, &keyval, &modifiers) &&
      keyval != 0)
    return gtk_keyval_trigger_new (keyval, modifiers);
  return place < 9 ? gtk_keyval_trigger_new (GDK_KEY_1 + place, GDK_ALT_MASK) : NULL;
}

char *
sag_ui_project_dup_task_key (const SagTaskRow *task, guint place)
{
  g_autoptr (GtkShortcutTrigger) trigger = sag_ui_project_dup_task_trigger (task, place);

  return trigger != NULL ? gtk_shortcut_trigger_to_label (trigger, gdk_display_get_default ())
                         : NULL;
}
