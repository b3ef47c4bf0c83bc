/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/scope.h"

const char *
sag_scope_verdict_to_string (SagScopeVerdict verdict)
{
  static const char *const names[] = { "in", "doubtful", "out" };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (names), NULL);
  return names[verdict];
}

const char *
sag_contrast_to_string (SagContrast contrast)
{
  static const char *const names[] = { "unknown", "none", "enhanced" };

  g_return_val_if_fail (contrast < G_N_ELEMENTS (names), NULL);
  return names[contrast];
}
