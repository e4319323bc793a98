import type { MechanismInfo } from '../cryptoki/mechanism.js';

/** What a survey needs to know. It needs no PIN. */
export interface SurveyOrder {
  readonly libraryPath: string;
  readonly partition: string;
  readonly slotIndex: number;
  readonly tokenLabel?: string | undefined;
  readonly tokenSerial?: string | undefined;
}

export interface SurveyedLibrary {
  readonly description: string;
  readonly manufacturer: string;
  readonly version: string;
  /** The version of PKCS#11 that C_GetInfo tells. */
  readonly cryptoki: string;
}

/** A row of C_GetInterfaceList (PKCS#11 v3.0 §5.4.4). */
export interface SurveyedInterface {
  readonly name: string;
  readonly version: string;
  readonly flags: number;
}

/** CK_TOKEN_INFO, without what changes from call to call. */
export interface SurveyedToken {
  readonly label: string;
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardware: string;
  readonly firmware: string;
  readonly flags: number;
  /** The lengths of a PIN in bytes. */
  readonly minPinLength: number;
  readonly maxPinLength: number;
}

export interface SurveyedSlot {
  /** Among the slots that have a token. */
  readonly index: number;
  readonly description: string;
  readonly token: SurveyedToken;
}

export interface SurveyedMechanism extends MechanismInfo {
  readonly number: number;
}

/** The chosen token and its mechanisms, or why none can be chosen. */
export type SurveyedChoice =
  | {
      readonly slot: SurveyedSlot;
      readonly mechanisms: readonly SurveyedMechanism[];
      /** The token is chosen by its slot index, which can change. */
      readonly byIndex: boolean;
    }
  | { readonly problem: string };

export interface Survey {
  readonly library: SurveyedLibrary;
  /** null for a library without C_GetInterfaceList, which has v2.40 alone. */
  readonly interfaces: readonly SurveyedInterface[] | null;
  /** It exports the key encapsulation of v3.2 under a vendor's names. */
  readonly hasVendorKem: boolean;
  readonly slots: readonly SurveyedSlot[];
  readonly choice: SurveyedChoice;
}

/** How a survey ended that found nothing out. `reason` is for the operator. */
export interface SurveyFailure {
  readonly cause: 'not-a-library' | 'refused' | 'ended' | 'hangs';
  readonly reason: string;
}
