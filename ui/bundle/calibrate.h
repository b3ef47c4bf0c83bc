/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/calibration.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagUiCalibrated: what is known of a bundle's calibration after something was done.
 * @calibration: (nullable): none
 * @refusals: (nullable) (element-type utf8): a sentence for each text that could not be calibrated
 */
typedef struct
{
  SagCalibration *calibration;
  GPtrArray      *refusals;
} SagUiCalibrated;

void sag_ui_calibrated_free (SagUiCalibrated *calibrated);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiCalibrated, sag_ui_calibrated_free)

/** SagUiCalibrateDeed: what is done. */
typedef enum
{
  SAG_UI_CALIBRATE_LOOK,    /* nothing */
  SAG_UI_CALIBRATE_REPORT,  /* of a report, a file */
  SAG_UI_CALIBRATE_PROJECT, /* of a project, which is measured by a process of its own */
  SAG_UI_CALIBRATE_REMOVE,  /* of a text; NULL: of all */
} SagUiCalibrateDeed;

/**
 * sag_ui_calibrate_async: does it behind, and looks at what there is then.
 * @what: (nullable): path, or text
 *
 * Errors: those of sag_calibrate_report_file(), what the process says, G_IO_ERROR_CANCELLED
 */
void sag_ui_calibrate_async (SagBundle          *bundle,
                             SagUiCalibrateDeed  deed,
                             const char         *what,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
/** Returns: (transfer full). */
SagUiCalibrated *sag_ui_calibrate_finish (GAsyncResult *result, GError **error);

G_END_DECLS
