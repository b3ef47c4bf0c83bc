/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/cases.h"

G_BEGIN_DECLS

/**
 * sag_test_ui_scan: (transfer full): writes `NAME.nii.gz` into @folder: a small phantom.
 * @spacing_mm: 8 gives 87 thousand voxels, 4 eight times as many
 */
GFile *sag_test_ui_scan (const char *folder, const char *name, double spacing_mm);

/** sag_test_ui_cut_scan: (transfer full): one that ends before all of its voxels are there. */
GFile *sag_test_ui_cut_scan (const char *folder, const char *name);

/** sag_test_ui_text: (transfer full): a file with @text in it. */
GFile *sag_test_ui_text (const char *folder, const char *name, const char *text);

G_END_DECLS
