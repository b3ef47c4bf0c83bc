/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiCaseList: the open cases with thumbnail, name and state. */
#define SAG_UI_TYPE_CASE_LIST (sag_ui_case_list_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCaseList, sag_ui_case_list, SAG_UI, CASE_LIST, AdwBin)

/** sag_ui_case_list_set_session: once, before it is shown. */
void sag_ui_case_list_set_session (SagUiCaseList *self, SagUiSession *session);

/** sag_ui_case_list_close: the case leaves the list, which can be undone. */
void sag_ui_case_list_close (SagUiCaseList *self, SagUiCase *one);

G_END_DECLS
