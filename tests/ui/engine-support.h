/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

G_BEGIN_DECLS

/** sag_test_ui_session: (transfer full): a session whose engine, the CPU's, has the untrained bundle open. */
SagUiSession *sag_test_ui_session (void);

/** sag_test_ui_open_none: opens no engine, and says so: what is done with scans alone needs none. */
SagEngine *sag_test_ui_open_none (SagBundle       *bundle,
                                  gpointer         user_data,
                                  SagUiEngineNote *note,
                                  GError         **error);

/** sag_test_ui_close: ends the engine's thread, drops the session and lets the main loop settle. */
void sag_test_ui_close (SagUiSession *session);

/** sag_test_ui_bundle: (transfer full): the folder of a new small random bundle in @folder. */
char *sag_test_ui_bundle (const char *folder, const char *name, guint64 seed);

/** sag_test_ui_broken_bundle: (transfer full): the same, its weights cut off. */
char *sag_test_ui_broken_bundle (const char *folder, const char *name);

G_END_DECLS
