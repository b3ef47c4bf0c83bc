/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/dicom/dicom.h"
#include "model/volume/nifti.h"

#include <stdio.h>
#include <string.h>

static void
progress_cb (guint n_done, guint n_files, gpointer user_data)
{
  sag_cli_progress ("Looking through the files", (double) n_done / n_files);
}

static SagDicomIndex *
index_places (const char *const *paths, GError **error)
{
  SagDicomIndex *index =
    sag_dicom_index_new (paths, progress_cb, NULL, sag_cli_get_cancellable (), error);

  sag_cli_progress (NULL, 0);
  return index;
}

/* "1.0 mm" */
static char *
dup_slices (const SagDicomSeries *series)
{
  double spacing[3];

  if (series->problem != NULL)
    return g_strdup_printf ("%u files", series->slices->len);
  sag_dicom_series_spacing_mm (series, spacing);
  return g_strdup_printf ("%d x %d x %d, %.2f x %.2f x %.2f mm", series->geometry.dims[0],
                          series->geometry.dims[1], series->geometry.dims[2], spacing[0],
                          spacing[1], spacing[2]);
}

static void
print_series (const SagDicomSeries *series)
{
  const SagDicomHeader *header = series->header;
  g_autofree char      *slices = dup_slices (series);
  const char           *bold = series->is_best ? sag_cli_bold (TRUE) : "";

  printf ("%s%s%3d  %-12.12s  %-40s  %s", bold, series->is_best ? "*" : " ", series->number,
          series->kind, slices,
          *header->series_description != '\0' ? header->series_description : "no description");
  if (*header->kernel != '\0')
    printf (", kernel %s", header->kernel);
  if (*header->contrast != '\0')
    printf (", contrast agent");
  if (*header->phase != '\0')
    printf (", %s %% of the heart's cycle", header->phase);
  printf ("\n");
  if (series->is_best)
    printf ("%s", sag_cli_bold (FALSE));
  printf ("       %s\n", series->key);
  if (series->problem != NULL)
    printf ("       It %s\n", series->problem);
  for (gsize i = 0; series->notes[i] != NULL; i++)
    printf ("       %s\n", series->notes[i]);
  if (series->n_parts > 1)
    printf ("       Part %d of the %d in its series.\n", series->part, series->n_parts);
  if (series->n_duplicates > 0)
    printf ("       Copies of slices: %u, left out.\n", series->n_duplicates);
}

/* A line where another patient or study begins. Without names people are told apart by a number. */
static void
print_study (const SagDicomSeries *before,
             const SagDicomSeries *series,
             int                  *n_people,
             gboolean              names)
{
  const SagDicomHeader *header = series->header;
  const gboolean        same_person = before != NULL &&
                               strcmp (before->header->patient_id, header->patient_id) == 0 &&
                               strcmp (before->header->patient_name, header->patient_name) == 0;
  g_autofree char *person = NULL;

  if (!same_person)
    ++*n_people;
  if (same_person && strcmp (before->header->study_uid, header->study_uid) == 0)
    return;
  person = names ? g_strdup_printf ("%s (%s)", header->patient_name, header->patient_id)
                 : g_strdup_printf ("Patient %d", *n_people);
  printf ("%s%s, study of %s%s%s\n", before != NULL ? "\n" : "", person,
          *header->study_date != '\0' ? header->study_date : "an unknown day",
          *header->study_description != '\0' ? ": " : "", header->study_description);
}

static void
print_index (SagDicomIndex *index, gboolean names)
{
  const SagDicomSeries *best;
  const SagDicomSeries *before = NULL;
  int                   n_people = 0;

  for (guint i = 0; i < index->series->len; i++)
    {
      const SagDicomSeries *series = index->series->pdata[i];

      print_study (before, series, &n_people, names);
      print_series (series);
      before = series;
    }
  if (index->problems->len > 0)
    printf ("\nLeft out:\n");
  for (guint i = 0; i < index->problems->len; i++)
    printf ("  %s\n", ((SagDicomProblem *) index->problems->pdata[i])->sentence);
  printf ("\n%u DICOM files, %u others. * opens first of its study", index->n_files,
          index->n_foreign);
  best = sag_dicom_index_find (index, NULL, "", NULL);
  if (best != NULL)
    printf ("; of all, number %d suits the model best", best->number);
  printf (".\n");
}

static void
write_series (const SagDicomSeries *series, gboolean names, SagJsonWriter *writer)
{
  const SagDicomHeader *header = series->header;
  double                spacing[3];

  sag_json_begin_object (writer, NULL);
  sag_json_integer (writer, "number", series->number);
  sag_json_string (writer, "uid", series->key);
  sag_json_string (writer, "study_uid", header->study_uid);
  if (names)
    {
      sag_json_string (writer, "patient_name", header->patient_name);
      sag_json_string (writer, "patient_id", header->patient_id);
    }
  sag_json_string (writer, "study_date", header->study_date);
  sag_json_string (writer, "kind", series->kind);
  sag_json_string (writer, "description", header->series_description);
  sag_json_string (writer, "kernel", header->kernel);
  sag_json_string (writer, "contrast", header->contrast);
  sag_json_string (writer, "phase", header->phase);
  sag_json_string (writer, "transfer_syntax", header->layout.transfer_syntax);
  sag_json_integer (writer, "n_slices", series->slices->len);
  sag_json_string (writer, "problem", series->problem);
  if (series->problem == NULL)
    {
      sag_dicom_series_spacing_mm (series, spacing);
      sag_json_integers (writer, "dims", series->geometry.dims, 3);
      sag_json_numbers (writer, "spacing_mm", spacing, 3);
    }
  sag_json_strings (writer, "notes", (const char *const *) series->notes);
  sag_json_integer (writer, "n_duplicates", series->n_duplicates);
  sag_json_number (writer, "score", series->score);
  sag_json_boolean (writer, "best", series->is_best);
  sag_json_end_object (writer);
}

static void
write_index (const SagDicomIndex *index, gboolean names)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *document = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_begin_array (writer, "series");
  for (guint i = 0; i < index->series->len; i++)
    write_series (index->series->pdata[i], names, writer);
  sag_json_end_array (writer);
  sag_json_begin_array (writer, "problems");
  for (guint i = 0; i < index->problems->len; i++)
    sag_json_string (writer, NULL, ((SagDicomProblem *) index->problems->pdata[i])->sentence);
  sag_json_end_array (writer);
  sag_json_integer (writer, "n_files", index->n_files);
  sag_json_integer (writer, "n_foreign", index->n_foreign);
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
}

static int
list (int argc, char **argv)
{
  gboolean           json = FALSE, names = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { "names", 0, 0, G_OPTION_ARG_NONE, &names, "Show patients' names and numbers", NULL },
    { NULL },
  };
  g_auto (GStrv) paths = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDicomIndex) index = NULL;

  if (!sag_cli_parse (argc, argv, "dicom list PLACE...",
                      "Lists the series of folders, files, zip archives and DICOMDIR files.",
                      entries, 1, -1, &paths))
    return SAG_CLI_USAGE;
  index = index_places ((const char *const *) paths, &error);
  if (index == NULL)
    return sag_cli_fail (error);
  if (json)
    write_index (index, names);
  else
    print_index (index, names);
  return SAG_CLI_DONE;
}

static gboolean
save (SagVolume *volume, const char *path, GError **error)
{
  const gboolean is_int16 = sag_volume_get_scalar (volume) == SAG_SCALAR_INT16;

  return sag_nifti_save (path, sag_volume_get_geometry (volume),
                         is_int16 ? SAG_NIFTI_INT16 : SAG_NIFTI_FLOAT32,
                         is_int16 ? (const void *) sag_volume_get_int16 (volume)
                                  : (const void *) sag_volume_get_float (volume),
                         "Sagitta, from DICOM", sag_cli_get_cancellable (), error);
}

static int
convert (int argc, char **argv)
{
  g_autofree char   *path = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &path, "The file to write", "OUT.nii.gz" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autofree char *words = NULL;

  if (!sag_cli_parse (argc, argv, "dicom convert PLACE[#SERIES] -o OUT.nii.gz",
                      "Writes a series as NIfTI: values as Hounsfield units, on the grid that the "
                      "window shows.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (path == NULL)
    return sag_cli_usage ("dicom convert", "Say where the result goes: -o OUT.nii.gz");
  volume = sag_cli_load (rest[0], &error);
  if (volume == NULL || !save (volume, path, &error))
    return sag_cli_fail (error);
  words = sag_cli_describe_volume (volume);
  printf (SAG_CLI_LABEL "%s\n" SAG_CLI_LABEL "%s\n", "written", path, "", words);
  sag_cli_print_warnings (volume);
  return SAG_CLI_DONE;
}

int
sag_cli_dicom (int argc, char **argv)
{
  static const SagCliCommand commands[] = {
    { "list", "the series of a folder, archive or medium", list },
    { "convert", "write a series as NIfTI", convert },
  };

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  if (argc < 2)
    return sag_cli_usage ("dicom", "Say what to do: list or convert");
  if (strcmp (argv[1], "--help") != 0 && strcmp (argv[1], "-h") != 0)
    return sag_cli_usage ("dicom", "There is no \"%s\", but list and convert", argv[1]);
  printf ("Usage: sagitta-cli dicom COMMAND [OPTION...]\n\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %-10s %s\n", commands[i].name, commands[i].summary);
  printf ("\nA place is a folder, a file, a zip archive or a DICOMDIR; a series is a number of the "
          "list,\nor a series UID.\nsagitta-cli dicom COMMAND --help says more.\n");
  return SAG_CLI_DONE;
}
