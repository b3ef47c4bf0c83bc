/* SPDX-License-Identifier: Apache-2.0 */
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include "model/core/error.h"
#include "model/dicom/library.h"
#include "model/dicom/text.h"

#include <cmath>
#include <cstring>
#include <exception>
#include <new>

/* The wrapper of DCMTK. It only meets bytes that model/dicom/layout.c walked over before; nothing it throws or prints
 * leaves this file. */

namespace
{

bool
fail (GError **error, const char *message)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, message);
  return false;
}

/* Codecs and dictionary are made once, before any thread reads. */
void
set_up ()
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  OFLog::configure (OFLogger::OFF_LOG_LEVEL);
  DJDecoderRegistration::registerCodecs ();
  DJLSDecoderRegistration::registerCodecs ();
  dcmDataDict.rdlock ();
  dcmDataDict.rdunlock ();
  g_once_init_leave (&once, 1);
}

E_TransferSyntax
to_library (SagDicomSyntax syntax)
{
  switch (syntax)
    {
    case SAG_DICOM_IMPLICIT:
      return EXS_LittleEndianImplicit;
    case SAG_DICOM_BIG_ENDIAN:
      return EXS_BigEndianExplicit;
    case SAG_DICOM_EXPLICIT:
    default:
      return EXS_LittleEndianExplicit;
    }
}

/* Values longer than LONG_BYTES stay where they are until they are asked for; a length that is not there is then an
 * error, and not as much memory. */
constexpr Uint32 LONG_BYTES = 4096;

class HeaderStream : public DcmInputBufferStream
{
public:
  HeaderStream (const guint8 *bytes, gsize n);
  DcmInputStreamFactory *newFactory () const override;

private:
  const guint8 *bytes_;
  gsize         n_;
};

/* Where a value begins in a header that outlives it. */
class HeaderPlace : public DcmInputStreamFactory
{
public:
  HeaderPlace (const guint8 *bytes, gsize n) : bytes_ (bytes), n_ (n) {}

  DcmInputStream *
  create () const override
  {
    return new HeaderStream (bytes_, n_);
  }

  DcmInputStreamFactory *
  clone () const override
  {
    return new HeaderPlace (bytes_, n_);
  }

  DcmInputStreamFactoryType
  ident () const override
  {
    return DFT_DcmInputFileStreamFactory;
  }

private:
  const guint8 *bytes_;
  gsize         n_;
};

HeaderStream::HeaderStream (const guint8 *bytes, gsize n) : bytes_ (bytes), n_ (n)
{
  DcmInputBufferStream::setBuffer (bytes, (offile_off_t) n);
  DcmInputBufferStream::setEos ();
}

DcmInputStreamFactory *
HeaderStream::newFactory () const
{
  return new HeaderPlace (bytes_ + tell (), n_ - (gsize) tell ());
}

bool
read_elements (const guint8 *bytes, const SagDicomLayout *layout, DcmDataset &data, GError **error)
{
  HeaderStream stream (bytes + layout->data_offset, layout->pixel_offset - layout->data_offset);

  data.transferInit ();
  if (data.read (stream, to_library (layout->syntax), EGL_noChange, LONG_BYTES).bad ())
    return fail (error, "is damaged: its header cannot be read. Fetch it again.");
  data.transferEnd ();
  return true;
}

/* Text of an element, all its values, as UTF-8; "" if there is none. */
OFString
get_text (DcmItem &item, const DcmTagKey &tag)
{
  OFString    text;
  DcmElement *element = NULL;

  if (item.findAndGetElement (tag, element).bad () || element == NULL ||
      element->getOFStringArray (text).bad ())
    return "";
  return text;
}

/* Texts that people wrote: in the file's character set. */
GRefString *
dup_words (DcmItem &item, const DcmTagKey &tag, const char *charset)
{
  OFString         text = get_text (item, tag);
  g_autofree char *converted = NULL;

  if (charset != NULL && !g_str_is_ascii (text.c_str ()))
    converted =
      g_convert (text.c_str (), (gssize) text.length (), "UTF-8", charset, NULL, NULL, NULL);
  if (converted == NULL)
    converted = g_utf8_make_valid (text.c_str (), -1);
  for (char *c = converted; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (converted);
  return sag_dicom_text_new (converted);
}

/* PS3.3 C.12.1.1.2, the sets that CTs are met with; NULL: as UTF-8, else byte by byte. */
const char *
find_charset (DcmItem &item)
{
  static const struct
  {
    const char *name, *iconv;
  } sets[] = {
    { "ISO_IR 100", "ISO-8859-1" },
    { "ISO_IR 101", "ISO-8859-2" },
    { "ISO_IR 109", "ISO-8859-3" },
    { "ISO_IR 110", "ISO-8859-4" },
    { "ISO_IR 144", "ISO-8859-5" },
    { "ISO_IR 127", "ISO-8859-6" },
    { "ISO_IR 126", "ISO-8859-7" },
    { "ISO_IR 138", "ISO-8859-8" },
    { "ISO_IR 148", "ISO-8859-9" },
    { "ISO_IR 166", "TIS-620" },
    { "ISO_IR 13", "SHIFT_JIS" },
    { "ISO 2022 IR 13", "ISO-2022-JP" },
    { "ISO 2022 IR 87", "ISO-2022-JP" },
    { "ISO 2022 IR 149", "EUC-KR" },
    { "GB18030", "GB18030" },
    { "GBK", "GBK" },
  };
  OFString text = get_text (item, DCM_SpecificCharacterSet);

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if (strstr (text.c_str (), sets[i].name) != NULL)
      return sets[i].iconv;
  return NULL;
}

/* A number of any representation: wrong ones are common. */
bool
get_number (DcmItem &item, const DcmTagKey &tag, unsigned long index, double *value)
{
  DcmElement *element = NULL;
  OFString    text;
  char       *end;
  Float64     wide;
  Float32     single;

  if (item.findAndGetElement (tag, element).bad () || element == NULL)
    return false;
  if (element->ident () == EVR_FD)
    {
      if (element->getFloat64 (wide, index).bad ())
        return false;
      *value = wide;
      return std::isfinite (*value);
    }
  if (element->ident () == EVR_FL)
    {
      if (element->getFloat32 (single, index).bad ())
        return false;
      *value = single;
      return std::isfinite (*value);
    }
  if (element->getOFString (text, index).bad ())
    return false;
  *value = g_ascii_strtod (text.c_str (), &end);
  return end != text.c_str () && std::isfinite (*value);
}

bool
get_numbers (DcmItem &item, const DcmTagKey &tag, int n, double *values)
{
  for (int i = 0; i < n; i++)
    if (!get_number (item, tag, i, values + i))
      return false;
  return true;
}

int
get_integer (DcmItem &item, const DcmTagKey &tag, int otherwise)
{
  double value;

  if (!get_number (item, tag, 0, &value) || std::fabs (value) > G_MAXINT)
    return otherwise;
  return (int) value;
}

double
get_double (DcmItem &item, const DcmTagKey &tag)
{
  double value;

  return get_number (item, tag, 0, &value) ? value : NAN;
}

/* "063Y", "011M" */
double
parse_age (const OFString &text)
{
  char  *end;
  double value = g_ascii_strtod (text.c_str (), &end);

  if (end == text.c_str ())
    return NAN;
  return *end == 'M'   ? value / 12
         : *end == 'W' ? value / 52.18
         : *end == 'D' ? value / 365.25
                       : value;
}

double
get_age (DcmItem &item, const SagDicomHeader *header)
{
  const double age = parse_age (get_text (item, DCM_PatientAge));
  double       years;

  if (age > 0)
    return age;
  if (strlen (header->birth_date) != 8 || strlen (header->study_date) != 8)
    return NAN;
  /* YYYYMMDD. Dates of one day are what is left of them in anonymised files. */
  years = floor (
    (g_ascii_strtod (header->study_date, NULL) - g_ascii_strtod (header->birth_date, NULL)) / 1e4);
  return years > 0 ? years : NAN;
}

DcmItem *
get_item (DcmItem &item, const DcmTagKey &sequence)
{
  DcmItem *found = NULL;

  return item.findAndGetSequenceItem (sequence, found, 0).good () ? found : NULL;
}

void
read_plane (DcmItem *position, DcmItem *orientation, DcmItem *measures, SagDicomFrame *frame)
{
  double values[6], spacing[2];

  if (position != NULL && get_numbers (*position, DCM_ImagePositionPatient, 3, values))
    {
      memcpy (frame->position_mm, values, 3 * sizeof (double));
      frame->has_position = TRUE;
    }
  if (orientation != NULL && get_numbers (*orientation, DCM_ImageOrientationPatient, 6, values))
    {
      memcpy (frame->along_row, values, 3 * sizeof (double));
      memcpy (frame->along_column, values + 3, 3 * sizeof (double));
      frame->has_orientation = TRUE;
    }
  if (measures != NULL && get_numbers (*measures, DCM_PixelSpacing, 2, spacing))
    {
      /* DICOM says the distance of rows first. */
      frame->spacing_mm[0] = spacing[1];
      frame->spacing_mm[1] = spacing[0];
      frame->has_spacing = TRUE;
    }
}

void
read_values (DcmItem &item, SagDicomFrame *frame)
{
  double value;

  if (get_number (item, DCM_RescaleSlope, 0, &value) && value != 0)
    frame->slope = value;
  if (get_number (item, DCM_RescaleIntercept, 0, &value))
    frame->intercept = value;
}

/* One level of an enhanced file's functional groups; the shared ones come first, a frame's own override them. */
void
read_groups (DcmItem &groups, SagDicomHeader *header, SagDicomFrame *frame)
{
  DcmItem *position = get_item (groups, DCM_PlanePositionSequence);
  DcmItem *orientation = get_item (groups, DCM_PlaneOrientationSequence);
  DcmItem *measures = get_item (groups, DCM_PixelMeasuresSequence);
  DcmItem *values = get_item (groups, DCM_PixelValueTransformationSequence);
  DcmItem *content = get_item (groups, DCM_FrameContentSequence);

  read_plane (position, orientation, measures, frame);
  if (measures != NULL && std::isnan (header->slice_thickness_mm))
    header->slice_thickness_mm = get_double (*measures, DCM_SliceThickness);
  if (values != NULL)
    read_values (*values, frame);
  if (content != NULL)
    {
      frame->acquisition = get_integer (*content, DCM_FrameAcquisitionNumber, frame->acquisition);
      frame->moment = get_integer (*content, DCM_TemporalPositionIndex, frame->moment);
    }
}

void
read_frames (DcmItem &data, SagDicomHeader *header)
{
  SagDicomFrame       first = { FALSE, FALSE, FALSE, { 0 }, { 0 }, { 0 }, { 0 }, 1, 0, -1, -1 };
  DcmSequenceOfItems *own = NULL;
  DcmItem            *shared = get_item (data, DCM_SharedFunctionalGroupsSequence);
  DcmItem            *group = NULL;

  read_plane (&data, &data, &data, &first);
  read_values (data, &first);
  first.acquisition = get_integer (data, DCM_AcquisitionNumber, -1);
  first.moment = get_integer (data, DCM_TemporalPositionIdentifier, -1);
  if (shared != NULL)
    read_groups (*shared, header, &first);
  if (data.findAndGetSequence (DCM_PerFrameFunctionalGroupsSequence, own).bad ())
    own = NULL;
  /* A list, walked once: getItem() would start from its head each time. */
  header->frames = g_new (SagDicomFrame, header->n_frames);
  for (int i = 0; i < header->n_frames; i++)
    {
      header->frames[i] = first;
      if (own == NULL)
        continue;
      group = static_cast<DcmItem *> (own->nextInContainer (i == 0 ? NULL : group));
      if (group == NULL)
        own = NULL;
      else
        read_groups (*group, header, &header->frames[i]);
    }
}

void
read_identity (DcmItem &data, SagDicomHeader *header)
{
  const char *charset = find_charset (data);

  header->patient_name = dup_words (data, DCM_PatientName, charset);
  header->patient_id = dup_words (data, DCM_PatientID, charset);
  header->birth_date = dup_words (data, DCM_PatientBirthDate, NULL);
  header->study_uid = dup_words (data, DCM_StudyInstanceUID, NULL);
  header->study_date = dup_words (data, DCM_StudyDate, NULL);
  header->study_description = dup_words (data, DCM_StudyDescription, charset);
  header->series_uid = dup_words (data, DCM_SeriesInstanceUID, NULL);
  header->series_description = dup_words (data, DCM_SeriesDescription, charset);
  header->frame_of_reference_uid = dup_words (data, DCM_FrameOfReferenceUID, NULL);
  header->class_uid = dup_words (data, DCM_SOPClassUID, NULL);
  header->kind = dup_words (data, DCM_Modality, NULL);
  header->body_part = dup_words (data, DCM_BodyPartExamined, NULL);
  header->protocol = dup_words (data, DCM_ProtocolName, charset);
  header->image_type = dup_words (data, DCM_ImageType, NULL);
  header->kernel = dup_words (data, DCM_ConvolutionKernel, charset);
  header->contrast = dup_words (data, DCM_ContrastBolusAgent, charset);
  header->phase = dup_words (data, DCM_NominalPercentageOfCardiacPhase, NULL);
  header->colours = dup_words (data, DCM_PhotometricInterpretation, NULL);
  header->instance_uid = g_strstrip (g_strdup (get_text (data, DCM_SOPInstanceUID).c_str ()));
  header->series_number = get_integer (data, DCM_SeriesNumber, -1);
  header->instance_number = get_integer (data, DCM_InstanceNumber, -1);
  header->age_years = get_age (data, header);
  header->slice_thickness_mm = get_double (data, DCM_SliceThickness);
  header->tilt_degrees = get_double (data, DCM_GantryDetectorTilt);
  header->window_centre = get_double (data, DCM_WindowCenter);
  header->window_width = get_double (data, DCM_WindowWidth);
}

void
read_pixels (DcmItem &data, SagDicomHeader *header)
{
  double padding;

  header->rows = get_integer (data, DCM_Rows, 0);
  header->columns = get_integer (data, DCM_Columns, 0);
  header->n_samples = get_integer (data, DCM_SamplesPerPixel, 1);
  header->bits_allocated = get_integer (data, DCM_BitsAllocated, 0);
  header->bits_stored = get_integer (data, DCM_BitsStored, header->bits_allocated);
  header->high_bit = get_integer (data, DCM_HighBit, header->bits_stored - 1);
  header->is_signed = get_integer (data, DCM_PixelRepresentation, 0) == 1;
  header->has_padding =
    get_number (data, DCM_PixelPaddingValue, 0, &padding) && std::fabs (padding) <= G_MAXUINT16;
  header->padding = header->has_padding ? (int) padding : 0;
  if (header->has_padding && header->is_signed && header->padding > G_MAXINT16)
    header->padding -= 65536;
  header->n_frames = get_integer (data, DCM_NumberOfFrames, 1);
}

/* DCMTK allocates and may throw; C code must not meet that. */
template <typename Work>
bool
guarded (GError **error, Work work)
{
  try
    {
      set_up ();
      return work ();
    }
  catch (const std::bad_alloc &)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT, "needs more memory than there is.");
    }
  catch (const std::exception &)
    {
      fail (error, "cannot be read: its header or pixels are damaged.");
    }
  return false;
}

void
insert (DcmItem &item, const DcmTagKey &tag, int value)
{
  item.putAndInsertUint16 (tag, (Uint16) value);
}

/* A data set of one frame, as DCMTK's codecs want it. */
DcmPixelData *
make_frame (DcmDataset &data, const SagDicomHeader *header, const guint8 *stream, gsize n_stream)
{
  DcmPixelSequence *sequence = new DcmPixelSequence (DcmTag (DCM_PixelData, EVR_OB));
  DcmPixelItem     *table = new DcmPixelItem (DcmTag (DCM_Item, EVR_OB));
  DcmPixelItem     *fragment = new DcmPixelItem (DcmTag (DCM_Item, EVR_OB));
  DcmPixelData     *pixels = new DcmPixelData (DCM_PixelData);
  DcmXfer           syntax (header->layout.transfer_syntax);

  insert (data, DCM_Rows, header->rows);
  insert (data, DCM_Columns, header->columns);
  insert (data, DCM_SamplesPerPixel, 1);
  insert (data, DCM_BitsAllocated, header->bits_allocated);
  insert (data, DCM_BitsStored, header->bits_stored);
  insert (data, DCM_HighBit, header->high_bit);
  insert (data, DCM_PixelRepresentation, header->is_signed);
  data.putAndInsertString (DCM_PhotometricInterpretation, "MONOCHROME2");
  fragment->putUint8Array (stream, (unsigned long) n_stream);
  sequence->insert (table);
  sequence->insert (fragment);
  pixels->putOriginalRepresentation (syntax.getXfer (), NULL, sequence);
  data.insert (pixels);
  return pixels;
}

} // namespace

gboolean
sag_dicom_is_supported (void)
{
  return TRUE;
}

gboolean
sag_dicom_library_parse (const guint8 *bytes, SagDicomHeader *header, GError **error)
{
  return guarded (error, [=] {
    DcmDataset data;

    if (!read_elements (bytes, &header->layout, data, error))
      return false;
    read_identity (data, header);
    read_pixels (data, header);
    if (header->n_frames < 1 || header->n_frames > G_MAXUINT16)
      return fail (error, "is damaged: its number of frames is impossible. Fetch it again.");
    read_frames (data, header);
    return true;
  });
}

GPtrArray *
sag_dicom_library_read_directory (const guint8 *bytes, const SagDicomLayout *layout, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const bool done = guarded (error, [&] {
    DcmDataset          data;
    DcmSequenceOfItems *records = NULL;
    DcmObject          *record = NULL;

    if (!read_elements (bytes, layout, data, error))
      return false;
    if (data.findAndGetSequence (DCM_DirectoryRecordSequence, records).bad () || records == NULL)
      return fail (error, "lists no files.");
    while ((record = records->nextInContainer (record)) != NULL)
      {
        OFString text = get_text (*static_cast<DcmItem *> (record), DCM_ReferencedFileID);
        char    *path = g_utf8_make_valid (text.c_str (), -1);

        g_strdelimit (path, "\\", '/');
        if (*path != '\0')
          g_ptr_array_add (paths, path);
        else
          g_free (path);
      }
    return true;
  });

  return done ? g_steal_pointer (&paths) : NULL;
}

gboolean
sag_dicom_library_decode (const SagDicomHeader *header,
                          const guint8         *stream,
                          gsize                 n_stream,
                          void                 *out,
                          gsize                 n_out,
                          GError              **error)
{
  return guarded (error, [=] {
    DcmDataset    data;
    DcmPixelData *pixels = make_frame (data, header, stream, n_stream);
    Uint32        fragment = 1, size = 0;
    OFString      colours;

    if (pixels->getUncompressedFrameSize (&data, size).bad () || n_out > G_MAXUINT32)
      return fail (error, "is damaged: the size of its pixels is impossible. Fetch it again.");
    if (pixels->getUncompressedFrame (&data, 0, fragment, out, (Uint32) n_out, colours).bad ())
      return fail (error, "is damaged: its pixels cannot be decompressed. Fetch it again.");
    return true;
  });
}
