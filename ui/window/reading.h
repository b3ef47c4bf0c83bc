/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiReading: how far the current case is read, with "Cancel"; shows itself only while that takes
 * longer than a moment.
 */
#define SAG_UI_TYPE_READING (sag_ui_reading_get_type ())
G_DECLARE_FINAL_TYPE (SagUiReading, sag_ui_reading, SAG_UI, READING, AdwBin)

void sag_ui_reading_set_session (SagUiReading *self, SagUiSession *session);

G_END_DECLS
