/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

G_BEGIN_DECLS

/** SagUiFact: one line about a bundle; @group starts where it differs from the line before. */
typedef struct
{
  const char *group;
  char       *name;
  char       *value;
} SagUiFact;

/** sag_ui_bundle_facts: (transfer full) (element-type SagUiFact): what it is and where it comes from. */
GPtrArray *sag_ui_bundle_facts (SagBundle *bundle);

/** sag_ui_bundle_limits: (transfer full): sentences on what its numbers are not worth. */
char **sag_ui_bundle_limits (SagBundle *bundle);

/** sag_ui_share_format: (transfer full): "0.91"; "–" if unknown (NaN). */
char *sag_ui_share_format (double value);

G_END_DECLS
