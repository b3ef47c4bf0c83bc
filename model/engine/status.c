/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/status.h"

bool
sag_status_fail (SagStatus *status, SagStatusCode code, const char *format, ...)
{
  va_list args;

  if (status == NULL)
    return false;
  status->code = code;
  va_start (args, format);
  g_vsnprintf (status->message, sizeof status->message, format, args);
  va_end (args);
  return false;
}

bool
sag_status_fail_weight (SagStatus *status, const char *name)
{
  return sag_status_fail (
    status, SAG_STATUS_INVALID,
    "The bundle's weights hold no readable \"%s\" of the expected size; import the bundle again.",
    name);
}

bool
sag_cancel_is_set (const SagCancel *cancel)
{
  return cancel != NULL && cancel->func != NULL && cancel->func (cancel->data);
}
