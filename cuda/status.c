/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/status.h"

#include <stdarg.h>
#include <stdio.h>

bool
sag_cuda_fail (SagStatus *status, SagStatusCode code, const char *format, ...)
{
  va_list args;

  if (status == NULL)
    return false;
  status->code = code;
  va_start (args, format);
  vsnprintf (status->message, sizeof status->message, format, args);
  va_end (args);
  return false;
}

bool
sag_cuda_fail_weight (SagStatus *status, const char *name)
{
  return sag_cuda_fail (
    status, SAG_STATUS_INVALID,
    "The bundle's weights hold no readable \"%s\" of the expected size; import the bundle again.",
    name);
}

bool
sag_cuda_fail_memory (SagStatus *status)
{
  return sag_cuda_fail (
    status, SAG_STATUS_OUT_OF_MEMORY,
    "This machine has no memory left for the GPU engine; close other programs.");
}

bool
sag_cuda_is_cancelled (const SagCancel *cancel)
{
  return cancel != NULL && cancel->func != NULL && cancel->func (cancel->data);
}
