/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/header.h"

#include "model/core/error.h"
#include "model/dicom/library.h"
#include "model/dicom/text.h"

#include <math.h>
#include <string.h>

#define MAX_MM 1e6
#define MAX_PIXELS ((guint64) 16384 * 16384) /* of a frame */
#define MIN_FRAME_BYTES 8                    /* an item and its length, where they are compressed */

void
sag_dicom_header_free (SagDicomHeader *header)
{
  if (header == NULL)
    return;
  sag_dicom_text_free (header->patient_name);
  sag_dicom_text_free (header->patient_id);
  sag_dicom_text_free (header->birth_date);
  sag_dicom_text_free (header->study_uid);
  sag_dicom_text_free (header->study_date);
  sag_dicom_text_free (header->study_description);
  sag_dicom_text_free (header->series_uid);
  sag_dicom_text_free (header->series_description);
  sag_dicom_text_free (header->frame_of_reference_uid);
  sag_dicom_text_free (header->class_uid);
  sag_dicom_text_free (header->kind);
  sag_dicom_text_free (header->body_part);
  sag_dicom_text_free (header->protocol);
  sag_dicom_text_free (header->image_type);
  sag_dicom_text_free (header->kernel);
  sag_dicom_text_free (header->contrast);
  sag_dicom_text_free (header->phase);
  sag_dicom_text_free (header->colours);
  g_free (header->instance_uid);
  g_free (header->frames);
  g_free (header);
}

static gboolean
normalise (double vector[3])
{
  const double length =
    sqrt (vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);

  if (!(length > 0.9 && length < 1.1))
    return FALSE;
  for (int a = 0; a < 3; a++)
    vector[a] /= length;
  return TRUE;
}

/* Places that cannot be are none. */
static void
check_frame (SagDicomFrame *frame)
{
  const double *u = frame->along_row, *v = frame->along_column;

  for (int a = 0; a < 3; a++)
    if (!(fabs (frame->position_mm[a]) < MAX_MM))
      frame->has_position = FALSE;
  for (int a = 0; a < 2; a++)
    if (!(frame->spacing_mm[a] > 1e-3 && frame->spacing_mm[a] < 1e3))
      frame->has_spacing = FALSE;
  if (!normalise (frame->along_row) || !normalise (frame->along_column) ||
      fabs (u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) > 0.01)
    frame->has_orientation = FALSE;
}

static gboolean
check_pixels (const SagDicomHeader *header, GError **error)
{
  const SagDicomLayout *layout = &header->layout;
  const guint64         frame =
    (guint64) header->rows * header->columns * (header->bits_allocated / 8) * header->n_samples;
  const char *problem = NULL;

  if (header->rows < 1 || header->columns < 1 || header->rows > G_MAXUINT16 ||
      header->columns > G_MAXUINT16)
    problem = "has no pixels: its rows or columns are 0. Fetch it again.";
  else if ((guint64) header->rows * header->columns > MAX_PIXELS ||
           (layout->codec != SAG_DICOM_NATIVE &&
            (guint64) header->n_frames * MIN_FRAME_BYTES > layout->pixel_bytes))
    problem = "is damaged: its header promises more pixels than the file can hold. Fetch it again.";
  else if (header->bits_allocated != 8 && header->bits_allocated != 16 &&
           header->bits_allocated != 32)
    problem = "stores a pixel in a number of bits that Sagitta does not read. Convert it with "
              "dcm2niix.";
  else if (header->bits_stored < 1 || header->bits_stored > header->bits_allocated ||
           header->high_bit < header->bits_stored - 1 || header->high_bit >= header->bits_allocated)
    problem = "is damaged: the bits of its pixels contradict each other. Fetch it again.";
  else if (layout->codec == SAG_DICOM_OTHER_CODEC)
    problem = "is compressed in a way that Sagitta does not read. Decompress it, for example with "
              "gdcmconv --raw.";
  if (problem != NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, problem);
      return FALSE;
    }
  if (layout->codec == SAG_DICOM_NATIVE && frame * header->n_frames > layout->pixel_bytes)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "is damaged: its header promises %d x %d pixels, more than it holds. Fetch it "
                   "again.",
                   header->columns, header->rows);
      return FALSE;
    }
  return TRUE;
}

/* A file that was cut on its way. */
static gboolean
check_end (SagDicomInput *input, const SagDicomLayout *layout, GError **error)
{
  const guint64 size = sag_dicom_input_get_size (input);
  const guint64 have = size - MIN (size, layout->pixel_value_offset);

  if (layout->codec != SAG_DICOM_NATIVE || layout->pixel_bytes <= have)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "ends after %d %% of its pixels. Copy or fetch it again.",
               (int) MIN (100.0 * have / layout->pixel_bytes, 99));
  return FALSE;
}

SagDicomHeader *
sag_dicom_header_read (SagDicomInput *input, GError **error)
{
  g_autoptr (SagDicomHeader) header = g_new0 (SagDicomHeader, 1);
  const guint8 *bytes;
  gsize         n_have;

  bytes = sag_dicom_input_want (input, 300, &n_have);
  if (!sag_dicom_looks_like (bytes, n_have))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                           sag_dicom_input_get_size (input) == 0
                             ? "is empty. Copy or fetch it again."
                             : "is no DICOM file.");
      return NULL;
    }
  if (!sag_dicom_layout_read (input, &header->layout, error))
    return NULL;
  bytes = sag_dicom_input_want (input, header->layout.pixel_offset, &n_have);
  if (n_have < header->layout.pixel_offset)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "changed while it was read.");
      return NULL;
    }
  if (!sag_dicom_library_parse (bytes, header, error))
    return NULL;
  for (int i = 0; i < header->n_frames; i++)
    check_frame (&header->frames[i]);
  if (sag_dicom_header_explain (header) != NULL)
    return g_steal_pointer (&header);
  if (!check_pixels (header, error) || !check_end (input, &header->layout, error))
    return NULL;
  return g_steal_pointer (&header);
}

/* PS3.6: what is no image with a place. */
static const char *
explain_class (const SagDicomHeader *header)
{
  static const struct
  {
    const char *prefix, *meaning;
  } classes[] = {
    { "1.2.840.10008.1.3.10", "is the directory of a medium, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.66.4", "is a segmentation, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.66.7", "is a segmentation, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.88", "is a report, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.11", "is a presentation state, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.104", "is a document, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.481.3", "is a set of contours, not a scan." },
    { "1.2.840.10008.5.1.4.1.1.481", "is a radiotherapy plan, not a scan." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_has_prefix (header->class_uid, classes[i].prefix))
      return classes[i].meaning;
  if (strcmp (header->kind, "SEG") == 0)
    return "is a segmentation, not a scan.";
  return NULL;
}

const char *
sag_dicom_header_explain (const SagDicomHeader *header)
{
  const char *meaning = explain_class (header);

  if (meaning != NULL)
    return meaning;
  if (!header->layout.has_pixels)
    return "holds no pixels.";
  if (header->n_samples != 1 || strcmp (header->colours, "PALETTE COLOR") == 0)
    return "is a colour picture, not a scan.";
  for (int i = 0; i < header->n_frames; i++)
    {
      const SagDicomFrame *frame = &header->frames[i];

      if (!frame->has_position || !frame->has_orientation)
        return "is a picture without a place in the patient, not a scan.";
      if (!frame->has_spacing)
        return "does not say how far its pixels are apart, so nothing in it can be measured.";
    }
  return NULL;
}
