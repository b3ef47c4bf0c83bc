/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiKeysPage: the page of the preferences that lists every action with its key. Activating a row
 * asks for another key; one that is taken is told and can be taken over.
 */
#define SAG_UI_TYPE_KEYS_PAGE (sag_ui_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (SagUiKeysPage, sag_ui_keys_page, SAG_UI, KEYS_PAGE, AdwPreferencesPage)

G_END_DECLS
