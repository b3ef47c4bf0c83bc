/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case-list.h"

#include <glib/gi18n.h>

struct _SagUiCaseList
{
  AdwBin parent;

  SagUiSession *session;
};

G_DEFINE_FINAL_TYPE (SagUiCaseList, sag_ui_case_list, ADW_TYPE_BIN)

void
sag_ui_case_list_set_session (SagUiCaseList *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

static void
sag_ui_case_list_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_CASE_LIST (object)->session);
  G_OBJECT_CLASS (sag_ui_case_list_parent_class)->dispose (object);
}

static void
sag_ui_case_list_class_init (SagUiCaseListClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_case_list_dispose;
}

static void
sag_ui_case_list_init (SagUiCaseList *self)
{
}
