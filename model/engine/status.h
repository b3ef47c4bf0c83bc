/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_status_fail: fills @status with @code and a sentence.
 * @status: (nullable)
 *
 * Returns: false, for `return sag_status_fail (...)`
 */
bool sag_status_fail (SagStatus *status, SagStatusCode code, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/** sag_status_fail_weight: the same for a tensor that is missing or too short. */
bool sag_status_fail_weight (SagStatus *status, const char *name);

/** sag_cancel_is_set: asks @cancel (nullable). */
bool sag_cancel_is_set (const SagCancel *cancel);

G_END_DECLS
