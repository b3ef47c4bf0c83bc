/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/number.h"

#include <math.h>

static const char *
format (double value, int first_digits, gboolean is_float, char buffer[SAG_NUMBER_BUFFER])
{
  if (isnan (value))
    return g_strlcpy (buffer, "nan", SAG_NUMBER_BUFFER), buffer;
  if (isinf (value))
    return g_strlcpy (buffer, value > 0 ? "inf" : "-inf", SAG_NUMBER_BUFFER), buffer;
  for (int digits = first_digits; digits <= 17; digits++)
    {
      char   how[8];
      double back;

      g_snprintf (how, sizeof how, "%%.%dg", digits);
      g_ascii_formatd (buffer, SAG_NUMBER_BUFFER, how, value);
      back = g_ascii_strtod (buffer, NULL);
      if (is_float ? (float) back == (float) value : back == value)
        break;
    }
  return buffer;
}

const char *
sag_number_format (double value, char buffer[SAG_NUMBER_BUFFER])
{
  return format (value, fabs (value) < 1e6 ? 6 : 15, FALSE, buffer);
}

const char *
sag_number_format_float (float value, char buffer[SAG_NUMBER_BUFFER])
{
  return format (value, 6, TRUE, buffer);
}

gboolean
sag_number_parse (const char *text, double *value)
{
  char  *end = NULL;
  double read;

  if (text == NULL || *text == '\0')
    return FALSE;
  read = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (read))
    return FALSE;
  *value = read;
  return TRUE;
}
