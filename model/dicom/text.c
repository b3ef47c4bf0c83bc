/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/text.h"

static GMutex lock;

GRefString *
sag_dicom_text_new (const char *text)
{
  GRefString *string;

  g_mutex_lock (&lock);
  string = g_ref_string_new_intern (text);
  g_mutex_unlock (&lock);
  return string;
}

void
sag_dicom_text_free (GRefString *text)
{
  if (text == NULL)
    return;
  g_mutex_lock (&lock);
  g_ref_string_release (text);
  g_mutex_unlock (&lock);
}
