/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/map.h"
#include "model/volume/origin.h"
#include "model/volume/sanity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a scan is, without asking anything. */
typedef struct
{
  char         *name;
  SagVolume    *volume;
  SagIntensity *intensity;
  SagPrepared  *prepared; /* NULL where nothing could be prepared; @problem says why */
  GError       *problem;
} Info;

static void
info_clear (Info *self)
{
  g_free (self->name);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_clear_pointer (&self->intensity, sag_intensity_free);
  g_clear_pointer (&self->prepared, sag_prepared_unref);
  g_clear_error (&self->problem);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Info, info_clear)

static gboolean
info_init (Info *self, const char *path, GError **error)
{
  SagRecipe recipe;

  self->volume = sag_cli_load_case (path, &self->name, error);
  if (self->volume == NULL || !sag_cli_recipe (NULL, &recipe, error))
    return FALSE;
  self->intensity = sag_volume_check_intensity (self->volume);
  self->prepared =
    sag_prepare (self->volume, &recipe, NULL, sag_cli_get_cancellable (), &self->problem);
  if (g_error_matches (self->problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&self->problem));
      return FALSE;
    }
  return TRUE;
}

static void
print_lines (const char *label, const char *const *sentences)
{
  for (gsize i = 0; sentences != NULL && sentences[i] != NULL; i++)
    sag_cli_print_sentence (i ? "" : label, sentences[i]);
}

static void
print_values (const SagIntensity *intensity)
{
  printf (SAG_CLI_LABEL "%.0f to %.0f, median %.0f", "values", intensity->minimum,
          intensity->maximum, intensity->percentiles[3]);
  if (intensity->kind == SAG_INTENSITY_HU)
    printf ("; Hounsfield units: air near %.0f, soft tissue near %.0f", intensity->air_hu,
            intensity->soft_tissue_hu);
  printf ("\n");
  print_lines ("", (const char *const *) intensity->sentences);
}

static void
print_box (const SagGeometry *input)
{
  double           centre[3], spacing[3];
  g_autofree char *place = NULL;

  for (int a = 0; a < 3; a++)
    centre[a] = (input->dims[a] - 1) / 2.0;
  sag_geometry_to_ras (input, centre, centre);
  sag_geometry_spacing_mm (input, spacing);
  place = sag_cli_place (centre);
  printf (SAG_CLI_LABEL "%.0f x %.0f x %.0f mm around %s\n", "box", spacing[0] * input->dims[0],
          spacing[1] * input->dims[1], spacing[2] * input->dims[2], place);
}

/* "Thorax, 2024-01-31, kernel B31f, contrast agent Iomeprol, slices 3 mm thick, 63 years" */
static void
print_origin (const SagOrigin *origin)
{
  g_autoptr (GString) text = g_string_new (origin->description);

  if (*origin->study_date != '\0')
    g_string_append_printf (text, ", %s", origin->study_date);
  if (*origin->kernel != '\0')
    g_string_append_printf (text, ", kernel %s", origin->kernel);
  if (*origin->contrast != '\0')
    g_string_append_printf (text, ", contrast agent %s", origin->contrast);
  if (*origin->phase != '\0')
    g_string_append_printf (text, ", at %s %% of the heart's cycle", origin->phase);
  if (!isnan (origin->slice_thickness_mm))
    g_string_append_printf (text, ", slices %.3g mm thick", origin->slice_thickness_mm);
  if (!isnan (origin->age_years))
    g_string_append_printf (text, ", %.0f years", floor (origin->age_years));
  sag_cli_print_sentence ("series", text->str + strspn (text->str, ", "));
}

static void
info_print (const Info *self)
{
  const SagGeometry *geometry = sag_volume_get_geometry (self->volume);
  g_autofree char   *volume = sag_cli_describe_volume (self->volume);
  double             spacing[3];

  sag_geometry_spacing_mm (geometry, spacing);
  printf ("%s%s%s\n", sag_cli_bold (TRUE), self->name, sag_cli_bold (FALSE));
  printf (SAG_CLI_LABEL "%s\n", "scan", volume);
  printf (SAG_CLI_LABEL "%.0f x %.0f x %.0f mm, stored as %s\n", "extent",
          spacing[0] * geometry->dims[0], spacing[1] * geometry->dims[1],
          spacing[2] * geometry->dims[2], sag_volume_get_source_type (self->volume));
  if (sag_volume_get_origin (self->volume) != NULL)
    print_origin (sag_volume_get_origin (self->volume));
  print_lines ("note", sag_volume_get_warnings (self->volume));
  print_values (self->intensity);
  if (self->prepared == NULL)
    {
      sag_cli_print_sentence ("scope", self->problem->message);
      return;
    }
  sag_cli_scope_print (sag_prepared_get_scope (self->prepared));
  print_box (sag_prepared_get_input_geometry (self->prepared));
}

static void
write_intensity (const SagIntensity *intensity, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, "intensity");
  sag_json_string (writer, "kind", sag_intensity_kind_to_string (intensity->kind));
  sag_json_number (writer, "minimum", intensity->minimum);
  sag_json_number (writer, "maximum", intensity->maximum);
  sag_json_numbers (writer, "percentiles", intensity->percentiles, SAG_INTENSITY_N_PERCENTILES);
  sag_json_number (writer, "air_hu", intensity->air_hu);
  sag_json_number (writer, "soft_tissue_hu", intensity->soft_tissue_hu);
  sag_json_strings (writer, "sentences", (const char *const *) intensity->sentences);
  sag_json_end_object (writer);
}

static void
write_origin (const SagOrigin *origin, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, "dicom");
  sag_json_string (writer, "study_uid", origin->study_uid);
  sag_json_string (writer, "series_uid", origin->series_uid);
  sag_json_string (writer, "frame_of_reference_uid", origin->frame_of_reference_uid);
  sag_json_string (writer, "description", origin->description);
  sag_json_string (writer, "study_date", origin->study_date);
  sag_json_string (writer, "kernel", origin->kernel);
  sag_json_string (writer, "contrast", origin->contrast);
  sag_json_string (writer, "phase", origin->phase);
  sag_json_number (writer, "slice_thickness_mm", origin->slice_thickness_mm);
  sag_json_number (writer, "age_years", origin->age_years);
  sag_json_boolean (writer, "resampled", origin->is_resampled);
  sag_geometry_write_json (&origin->grid, writer, "grid");
  sag_json_end_object (writer);
}

static void
info_write (const Info *self, SagJsonWriter *writer)
{
  const SagGeometry *geometry = sag_volume_get_geometry (self->volume);
  double             spacing[3];
  char               letters[4];

  sag_geometry_spacing_mm (geometry, spacing);
  sag_geometry_letters (geometry, letters);
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "case", self->name);
  sag_geometry_write_json (geometry, writer, "geometry");
  sag_json_numbers (writer, "spacing_mm", spacing, 3);
  sag_json_string (writer, "axes", letters);
  sag_json_number (writer, "obliquity_degrees", sag_geometry_obliquity_degrees (geometry));
  sag_json_boolean (writer, "sheared", sag_geometry_is_sheared (geometry));
  sag_json_string (writer, "stored_as", sag_volume_get_source_type (self->volume));
  sag_json_string (writer, "voxels_xxh128", sag_volume_get_hash (self->volume));
  sag_json_strings (writer, "warnings", sag_volume_get_warnings (self->volume));
  if (sag_volume_get_origin (self->volume) != NULL)
    write_origin (sag_volume_get_origin (self->volume), writer);
  write_intensity (self->intensity, writer);
  if (self->prepared != NULL)
    {
      sag_json_begin_object (writer, "scope");
      sag_cli_scope_write (sag_prepared_get_scope (self->prepared), writer);
      sag_json_end_object (writer);
      sag_geometry_write_json (sag_prepared_get_input_geometry (self->prepared), writer, "input");
    }
  else
    sag_json_string (writer, "not_prepared", self->problem->message);
  sag_json_end_object (writer);
}

int
sag_cli_info (int argc, char **argv)
{
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { NULL },
  };
  g_auto (GStrv) files = NULL;
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *document = NULL;
  int              code = SAG_CLI_DONE;

  if (!sag_cli_parse (argc, argv, "info FILE...",
                      "Says what a scan is: geometry, intensities, and whether the model can be "
                      "asked about it.",
                      entries, 1, -1, &files))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  writer = sag_json_writer_new ();
  if (files[1] != NULL)
    sag_json_begin_array (writer, NULL);
  for (gsize i = 0; files[i] != NULL; i++)
    {
      g_auto (Info) info = { 0 };
      g_autoptr (GError) error = NULL;

      if (!info_init (&info, files[i], &error))
        {
          sag_cli_fail (error);
          code = SAG_CLI_FAILED;
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            break;
        }
      else if (json)
        info_write (&info, writer);
      else
        info_print (&info);
    }
  if (files[1] != NULL)
    sag_json_end_array (writer);
  document = sag_json_writer_finish (writer);
  if (json && document[0] != '\n')
    fputs (document, stdout);
  return code;
}
