/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case-words.h"

#include "model/volume/sanity.h"
#include "ui/case/case.h"

#include <glib/gi18n.h>
#include <string.h>

char *
sag_ui_case_dup_details (SagUiCase *self)
{
  const SagVolume   *volume = sag_ui_case_get_volume (self);
  const SagGeometry *geometry;
  double             spacing[3];
  char               text[3][G_ASCII_DTOSTR_BUF_SIZE];

  if (volume == NULL)
    return NULL;
  geometry = sag_volume_get_geometry (volume);
  sag_geometry_spacing_mm (geometry, spacing);
  for (int a = 0; a < 3; a++)
    g_ascii_formatd (text[a], sizeof text[a], "%.2f", spacing[a]);
  /* Translators: voxels along three axes, then their spacing. */
  return g_strdup_printf (_ ("%d × %d × %d, %s × %s × %s mm"), geometry->dims[0], geometry->dims[1],
                          geometry->dims[2], text[0], text[1], text[2]);
}

char *
sag_ui_case_dup_size (SagUiCase *self)
{
  const SagVolume *volume = sag_ui_case_get_volume (self);
  const int       *dims;

  if (volume == NULL)
    return NULL;
  dims = sag_volume_get_geometry (volume)->dims;
  /* Translators: voxels along three axes. */
  return g_strdup_printf (_ ("%d × %d × %d"), dims[0], dims[1], dims[2]);
}

char **
sag_ui_volume_dup_warnings (const SagVolume *volume)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  g_autoptr (SagIntensity) intensity = sag_volume_check_intensity (volume);
  const char *const *header = sag_volume_get_warnings (volume);

  for (gsize i = 0; header[i] != NULL; i++)
    g_strv_builder_add (sentences, header[i]);
  for (gsize i = 0; intensity->sentences[i] != NULL; i++)
    g_strv_builder_add (sentences, intensity->sentences[i]);
  return g_strv_builder_end (sentences);
}

char *
sag_ui_date (const char *date)
{
  if (strlen (date) != 8 || strspn (date, "0123456789") != 8)
    return g_strdup (date);
  return g_strdup_printf ("%.4s-%.2s-%.2s", date, date + 4, date + 6);
}

static char *
dup_title (const char *description, const char *kernel, const char *phase, const char *study_date)
{
  g_autofree char *date = sag_ui_date (study_date);
  g_autoptr (GString) title = g_string_new (*description != '\0' ? description : _ ("Series"));

  if (*kernel != '\0' && strstr (description, kernel) == NULL)
    g_string_append_printf (title, " %s", kernel);
  if (*phase != '\0')
    g_string_append_printf (title, " %s %%", phase);
  if (*date != '\0')
    g_string_append_printf (title, " · %s", date);
  return g_string_free (g_steal_pointer (&title), FALSE);
}

char *
sag_ui_series_dup_title (const SagDicomSeries *series)
{
  const SagDicomHeader *header = series->header;

  return dup_title (header->series_description, header->kernel, header->phase, header->study_date);
}

char *
sag_ui_origin_dup_title (const SagOrigin *origin)
{
  return dup_title (origin->description, origin->kernel, origin->phase, origin->study_date);
}
