/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/sanity.h"

#include <math.h>

#define N_BINS 65536
#define FIRST_BIN (-32768)
#define MOST_SAMPLES ((gsize) 1 << 21)

#define INTERCEPT 1024
#define AIR_LOW (-1100)
#define AIR_HIGH (-700) /* with inflated lung */
#define SOFT_LOW (-30)
#define SOFT_HIGH 150
#define PEAK_HALF_WIDTH 15

/* The least shares of a scan that count as "there is air" and "there is soft tissue". */
#define AIR_SHARE 0.01
#define SOFT_SHARE 0.02
#define PURE_AIR_SHARE 0.001

/* A CT reaches from -1024 (or a padding value) to 3071, metal beyond. */
#define HU_LOW (-1100)
#define HU_HIGH 4000
#define OUTSIDE_SHARE 0.001

/* Label maps: very few values, or not many and nearly every voxel like its neighbour. */
#define FEW_LABELS 32
#define MOST_LABELS 256
#define LABEL_SAMENESS 0.9

typedef struct
{
  guint32  bins[N_BINS];
  gsize    n; /* finite samples */
  gsize    n_distinct;
  double   minimum;
  double   maximum;
  gboolean whole;    /* all of them whole numbers */
  double   sameness; /* share of samples equal to the voxel before them in memory */
} Histogram;

static const double percents[SAG_INTENSITY_N_PERCENTILES] = { 0.1, 1, 25, 50, 75, 99, 99.9 };

static inline float
get_value (const gint16 *whole, const float *single, gsize index)
{
  return whole != NULL ? whole[index] : single[index];
}

static void
fill_histogram (Histogram *histogram, const SagVolume *volume)
{
  const gint16 *whole = sag_volume_get_int16 (volume);
  const float  *single = sag_volume_get_float (volume);
  const gsize   n_voxels = (gsize) sag_geometry_n_voxels (sag_volume_get_geometry (volume));
  const gsize   step = (n_voxels + MOST_SAMPLES - 1) / MOST_SAMPLES;
  gsize         n_same = 0;

  histogram->minimum = INFINITY;
  histogram->maximum = -INFINITY;
  histogram->whole = TRUE;
  for (gsize first = 0; first < n_voxels; first += step)
    {
      /* A place within the step that changes, so that the samples follow no row or column. */
      const gsize index = first + (first * 2654435761u >> 7) % step;
      float       value;

      if (index >= n_voxels)
        break;
      value = get_value (whole, single, index);
      if (!isfinite (value))
        continue;
      histogram->n++;
      histogram->minimum = fmin (histogram->minimum, value);
      histogram->maximum = fmax (histogram->maximum, value);
      histogram->whole &= value == floorf (value);
      histogram->bins[(int) CLAMP (floorf (value), FIRST_BIN, -FIRST_BIN - 1) - FIRST_BIN]++;
      n_same += index > 0 && get_value (whole, single, index - 1) == value;
    }
  for (int bin = 0; bin < N_BINS; bin++)
    histogram->n_distinct += histogram->bins[bin] > 0;
  histogram->sameness = (double) n_same / (double) MAX (histogram->n, 1);
}

/* The share of samples in low..high, both included. */
static double
get_share (const Histogram *histogram, int low, int high)
{
  gsize n = 0;

  for (int value = MAX (low, FIRST_BIN); value <= MIN (high, -FIRST_BIN - 1); value++)
    n += histogram->bins[value - FIRST_BIN];
  return (double) n / (double) MAX (histogram->n, 1);
}

static void
fill_percentiles (const Histogram *histogram, double percentiles[SAG_INTENSITY_N_PERCENTILES])
{
  gsize below = 0;
  int   next = 0;

  for (int bin = 0; bin < N_BINS; bin++)
    {
      below += histogram->bins[bin];
      while (next < SAG_INTENSITY_N_PERCENTILES &&
             (double) below >= percents[next] / 100 * (double) histogram->n)
        percentiles[next++] = bin + FIRST_BIN;
    }
}

/* Where a triangular window of 31 units holds most, between @low and @high; NaN if there is
 * nothing. */
static double
find_peak (const Histogram *histogram, int low, int high)
{
  guint64 best = 0;
  double  peak = NAN;

  for (int value = low; value <= high; value++)
    {
      guint64 sum = 0;

      for (int offset = -PEAK_HALF_WIDTH; offset <= PEAK_HALF_WIDTH; offset++)
        sum += (guint64) (PEAK_HALF_WIDTH + 1 - ABS (offset)) *
               histogram->bins[value + offset - FIRST_BIN];
      if (sum > best)
        {
          best = sum;
          peak = value;
        }
    }
  return peak;
}

static gboolean
has_air_and_tissue (const Histogram *histogram, int shift)
{
  return get_share (histogram, AIR_LOW + shift, AIR_HIGH + shift) >= AIR_SHARE &&
         get_share (histogram, SOFT_LOW + shift, SOFT_HIGH + shift) >= SOFT_SHARE;
}

static gboolean
looks_like_labels (const Histogram *histogram)
{
  if (!histogram->whole || histogram->minimum < 0 || histogram->maximum >= -FIRST_BIN)
    return FALSE;
  return histogram->n_distinct <= FEW_LABELS ||
         (histogram->n_distinct <= MOST_LABELS && histogram->sameness >= LABEL_SAMENESS);
}

static SagIntensityKind
judge (const Histogram *histogram)
{
  if (histogram->n == 0 || histogram->minimum == histogram->maximum)
    return SAG_INTENSITY_CONSTANT;
  if (looks_like_labels (histogram))
    return SAG_INTENSITY_LABELS;
  if (has_air_and_tissue (histogram, 0))
    return SAG_INTENSITY_HU;
  if (has_air_and_tissue (histogram, INTERCEPT))
    return SAG_INTENSITY_NOT_RESCALED;
  if (has_air_and_tissue (histogram, -INTERCEPT))
    return SAG_INTENSITY_RESCALED_TWICE;
  if (histogram->whole && histogram->minimum >= 0 && histogram->maximum <= 255)
    return SAG_INTENSITY_8_BIT;
  return SAG_INTENSITY_UNKNOWN;
}

static const char *
get_kind_sentence (SagIntensityKind kind)
{
  switch (kind)
    {
    case SAG_INTENSITY_NOT_RESCALED:
      return "The values lie about 1024 above Hounsfield units: the rescale intercept was not "
             "applied. Convert the scan again.";
    case SAG_INTENSITY_RESCALED_TWICE:
      return "The values lie about 1024 below Hounsfield units: the rescale intercept was applied "
             "twice. Convert the scan again.";
    case SAG_INTENSITY_8_BIT:
      return "The values lie in 0..255, as in a picture: the Hounsfield units are lost. Convert "
             "the scan from its DICOM series.";
    case SAG_INTENSITY_LABELS:
      return "This looks like a label map or mask, not like a CT.";
    case SAG_INTENSITY_CONSTANT:
      return "All voxels looked at hold the same value, or none.";
    case SAG_INTENSITY_UNKNOWN:
      return "The values do not look like Hounsfield units: there is no air near -1000 together "
             "with soft tissue near 40.";
    case SAG_INTENSITY_HU:
    default:
      return NULL;
    }
}

static void
add_share_sentence (GStrvBuilder *sentences, double share, const char *where)
{
  g_autofree char *sentence = NULL;
  char             percent[G_ASCII_DTOSTR_BUF_SIZE];

  if (share < OUTSIDE_SHARE)
    return;
  g_ascii_formatd (percent, sizeof percent, share < 0.01 ? "%.1f" : "%.0f", 100 * share);
  sentence = g_strdup_printf ("%s %% of the voxels lie %s.", percent, where);
  g_strv_builder_add (sentences, sentence);
}

static char **
make_sentences (const SagIntensity *intensity, const Histogram *histogram)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  const char *kind = get_kind_sentence (intensity->kind);

  if (kind != NULL)
    g_strv_builder_add (sentences, kind);
  if (intensity->kind == SAG_INTENSITY_HU)
    {
      add_share_sentence (sentences, get_share (histogram, FIRST_BIN, HU_LOW),
                          "below -1100 HU, usually padding outside the field of view");
      add_share_sentence (sentences, get_share (histogram, HU_HIGH, -FIRST_BIN - 1),
                          "above 4000 HU, as metal does or a wrong slope");
      if (get_share (histogram, -1060, -940) < PURE_AIR_SHARE)
        g_strv_builder_add (
          sentences,
          "There is no air near -1000 HU: the scan may be cropped, or its values shifted.");
      if (!(intensity->soft_tissue_hu >= 0 && intensity->soft_tissue_hu <= 80))
        g_strv_builder_add (
          sentences,
          "Soft tissue does not peak between 0 and 80 HU: the values may be shifted or scaled.");
    }
  return g_strv_builder_end (sentences);
}

SagIntensity *
sag_volume_check_intensity (const SagVolume *volume)
{
  g_autofree Histogram *histogram = NULL;
  SagIntensity         *intensity;

  g_return_val_if_fail (volume != NULL, NULL);

  histogram = g_new0 (Histogram, 1);
  fill_histogram (histogram, volume);
  intensity = g_new0 (SagIntensity, 1);
  intensity->kind = judge (histogram);
  intensity->minimum = histogram->n > 0 ? histogram->minimum : NAN;
  intensity->maximum = histogram->n > 0 ? histogram->maximum : NAN;
  fill_percentiles (histogram, intensity->percentiles);
  intensity->air_hu =
    intensity->kind == SAG_INTENSITY_HU ? find_peak (histogram, AIR_LOW, AIR_HIGH) : NAN;
  intensity->soft_tissue_hu =
    intensity->kind == SAG_INTENSITY_HU ? find_peak (histogram, SOFT_LOW, SOFT_HIGH) : NAN;
  intensity->sentences = make_sentences (intensity, histogram);
  return intensity;
}

void
sag_intensity_free (SagIntensity *intensity)
{
  if (intensity == NULL)
    return;
  g_strfreev (intensity->sentences);
  g_free (intensity);
}

const char *
sag_intensity_kind_to_string (SagIntensityKind kind)
{
  static const char *const names[] = { "hu",     "not-rescaled", "rescaled-twice", "8-bit",
                                       "labels", "constant",     "unknown" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (names), NULL);
  return names[kind];
}
