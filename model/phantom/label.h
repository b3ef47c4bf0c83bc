/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/**
 * sag_label_dup_name: "heart", "rib_left_3"; organs as TotalSegmentator v2 calls them.
 * @anatomical: of an anatomical phantom; the others have all ribs and all vertebrae in one
 * Returns: (nullable): NULL where no phantom has the label
 */
char *sag_label_dup_name (guint8 label, gboolean anatomical);

G_END_DECLS
