/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

#define SAG_N_LABEL_BOXES 256

/** SagLabelBoxes: count and box of each label of a phantom, see sag_phantom_get_box(). Free with
 * g_free(). */
typedef struct
{
  gint64 n_voxels[SAG_N_LABEL_BOXES];
  double low_mm[SAG_N_LABEL_BOXES][3];
  double high_mm[SAG_N_LABEL_BOXES][3];
} SagLabelBoxes;

SagLabelBoxes *sag_label_boxes_new (const SagPhantom *phantom);

G_END_DECLS
